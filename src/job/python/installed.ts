import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { pythonLine } from '../environment/python-line.js';

/** For a Python without pip, such as that of `uv venv`: what is installed, as `pip freeze` prints it. */
const FREEZE = `
import json
from importlib.metadata import distributions
found = {}
for one in distributions():
    url = json.loads(one.read_text('direct_url.json') or '{}')
    if one.metadata['Name'] and not url.get('dir_info', {}).get('editable'):
        found.setdefault(one.metadata['Name'], one.version)
for name, version in sorted(found.items(), key=lambda one: one[0].lower()):
    print(name + '==' + version)
`;

/**
 * What a Python has, in exact versions, as a requirements.txt whose first line names its version. What is installed from a folder of this machine, such as by
 * conda, is named by its version. Packages that are edited in place are left out: they are code.
 * @param python its program
 * @throws NO_INTERPRETER
 */
export async function installedRequirements(python: string, signal?: AbortSignal): Promise<string> {
  const ask = async (...args: string[]) => {
    const options = { maxBuffer: 10 * 1024 * 1024, windowsHide: true, signal };
    return (await promisify(execFile)(python, args, options)).stdout.replaceAll('\r\n', '\n');
  };
  try {
    const versions = async () => ask('-c', FREEZE);
    const frozen = await ask('-m', 'pip', 'freeze', '--exclude-editable').catch((error: unknown) => {
      if (/No module named pip/.test(messageOf(error))) return versions();
      throw error;
    });
    const lines = LOCAL.test(frozen) ? byVersion(frozen, await versions()) : frozen;
    const version = await ask('-c', 'import platform; print(platform.python_version())');
    return `${pythonLine(version.trim())}${lines.trim()}\n`;
  } catch (error) {
    signal?.throwIfAborted();
    throw new TrainyardError(
      'NO_INTERPRETER',
      `The packages of ${python} cannot be listed: ${messageOf(error)}`,
      { hint: 'Choose another Python.', cause: error },
    );
  }
}

/** `numpy @ file:///croot/numpy_1/work`: a folder that no other machine has. */
const LOCAL = /^(\S+) @ file:.*$/m;

function byVersion(frozen: string, versions: string): string {
  const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');
  const known = new Map(versions.split('\n').map((line) => [plain(line.split('==')[0] ?? ''), line]));
  return frozen
    .split('\n')
    .map((line) => {
      const [, name] = LOCAL.exec(line) ?? [];
      return (name !== undefined && known.get(plain(name))) || line;
    })
    .join('\n');
}
