import fs from 'node:fs';
import type { PythonEnvironment } from '../../workspace/types.js';
import type { FullRun } from '../store/full-runs.js';
import type { Store } from '../store/store.js';

const REQUIREMENTS = 'requirements.txt';
/** Larger than any file that a client writes; other files are ignored. */
const MOST_BYTES = 256 * 1024;

/**
 * The environment that MLflow's client wrote beside the model of a run: in the model's files (MLflow 3) or in a folder
 * of the run (MLflow 2); or the requirements that a script logged itself. Undefined if there are none.
 */
export async function environmentOf(
  { artifacts }: Store,
  { id, modelOutputs, tags }: FullRun,
): Promise<PythonEnvironment | undefined> {
  const places: [owner: string, folder: string][] = [
    ...modelOutputs.map(({ modelId }): [string, string] => [`models/${modelId}`, '']),
    ...modelFolders(tags).map((folder): [string, string] => [`runs/${id}`, `${folder}/`]),
    [`runs/${id}`, ''],
  ];
  const place = places.find(([owner, folder]) => artifacts.stat(owner, folder + REQUIREMENTS));
  if (!place) return undefined;
  const [owner, folder] = place;
  const read = async (name: string): Promise<string> => {
    const found = artifacts.stat(owner, folder + name);
    return found && found.bytes <= MOST_BYTES ? fs.promises.readFile(found.file, 'utf8') : '';
  };
  const packages = packagesOf(await read(REQUIREMENTS));
  const python =
    /^python:\s*['"]?([\d.]+)/m.exec(await read('python_env.yaml')) ??
    /^\s*-\s*python=+([\d.]+)/m.exec(await read('conda.yaml'));
  return { ...(python && { python: python[1] }), packages };
}

/** Where a client of MLflow 2 put the models; the newest is the last in its list. */
function modelFolders(tags: Readonly<Record<string, string>>): string[] {
  const folders = (tags['mlflow.log-model.history'] ?? '').matchAll(/"artifact_path":\s*"([^"\\]+)"/g);
  return [...folders].map(([, folder]) => folder!).reverse();
}

/** Versions by name; a pinned one without `==`. Options, comments and markers are left out. */
export function packagesOf(requirements: string): Record<string, string> {
  const packages: Record<string, string> = {};
  for (const line of requirements.split(/\r?\n/)) {
    const [, name, version = ''] =
      /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^#;]*)/.exec(line.trim()) ?? [];
    // A name is the same with `_` and `-`, in any case (PEP 503).
    if (name)
      packages[name.toLowerCase().replaceAll(/[-_.]+/g, '-')] = version.trim().replace(/^(==|@)\s*/, '');
  }
  return packages;
}
