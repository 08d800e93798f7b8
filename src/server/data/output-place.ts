import { parsePlace } from '../../job/data-place.js';

/** Where an output goes besides the run. */
export type OutputPlace =
  /** As it is written: a slash at its end says that a file lies in it. */
  | { kind: 'local'; path: string }
  | {
      kind: 'datastore';
      datastore: string;
      path: string;
      /** A file lies in it. */
      isFolder: boolean;
      /** Only this run writes there. */
      isOfRun: boolean;
    };

/** As in Azure ML. */
const USUAL = 'azureml/${{name}}/${{output_name}}';
const RUN = /\$\{\{\s*name\s*\}\}/g;
const OUTPUT = /\$\{\{\s*output_name\s*\}\}/g;

/**
 * @param to the `path` of an output, with what Azure ML puts into it
 * @returns undefined for what nothing can be written to
 */
export function outputPlace(to: string, runId: string, key: string): OutputPlace | undefined {
  const filled = fill(to, runId, key);
  const place = parsePlace(filled);
  if (place?.kind === 'local') return { kind: 'local', path: place.path };
  if (place?.kind !== 'datastore') return undefined;
  const { datastore } = place;
  if (place.path === '')
    return { kind: 'datastore', datastore, path: fill(USUAL, runId, key), isFolder: false, isOfRun: true };
  const isOfRun = place.path.includes(runId);
  return { kind: 'datastore', datastore, path: place.path, isFolder: filled.endsWith('/'), isOfRun };
}

function fill(to: string, runId: string, key: string): string {
  return to.replaceAll(RUN, () => runId).replaceAll(OUTPUT, () => key);
}
