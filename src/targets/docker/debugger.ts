/** The debugger of a job in a container. */
import path from 'node:path';
import type { JobDebugger } from '../../workspace/types.js';
import { listensIn, type Reach } from '../shared/debugger.js';
import { readJson } from '../shared/json-file.js';
import type { Engine } from './engine.js';
import { FILES } from './files.js';
import type { ForwardFile } from './forward.js';
import { runInside } from './inside.js';
import { codePlace, containerName } from './names.js';

/** Where an editor reaches it; undefined when it does not listen, or is not reached yet. @param root the person's folder */
export function debuggerOf(id: string, folder: string, root: string): JobDebugger | undefined {
  const told = listensIn(path.join(folder, FILES.python));
  const forward = told && readJson<ForwardFile>(folder, FILES.forward);
  if (!forward) return undefined;
  const { waits, pid } = told;
  return { host: '127.0.0.1', port: forward.port, root: codePlace(root, id), waits, pid };
}

/** Arguments: the number of a signal, and process IDs. Sends it, and prints the IDs of those that are there. */
const SIGNAL = `import os, sys

for pid in sys.argv[2:]:
    try:
        os.kill(int(pid), int(sys.argv[1]))
        print(pid)
    except OSError:
        pass
`;

/** The number that Linux gives to `ASK_SIGNAL`, as containers know it: elsewhere it is another. */
const ASK_NUMBER = 23;

/** How the Pythons of a container that runs are reached: by one of their kind. */
export function reachOf(engine: Engine, id: string, folder: string): Reach {
  const signalled = async (python: string, number: number, pids: readonly number[]) => {
    const command = [python, '-I', '-S', '-c', SIGNAL, ...[number, ...pids].map(String)];
    const printed = await runInside(engine, containerName(id), command);
    return new Set(printed.split('\n').filter(Boolean).map(Number));
  };
  return {
    folder: path.join(folder, FILES.python),
    living: async (pythons) => {
      const [first] = pythons;
      if (!first) return [];
      const pids = pythons.map(({ pid }) => pid);
      const living = await signalled(first.python, 0, pids);
      return pythons.filter(({ pid }) => living.has(pid));
    },
    signal: async ({ pid, python }) => void (await signalled(python, ASK_NUMBER, [pid])),
  };
}
