/** A run, named everywhere outside its workspace: ids are unique in one workspace only. */
export interface RunRef {
  /** Id of the workspace. */
  workspace: string;
  /** Id of the run in it. */
  run: string;
}

/** An experiment, named everywhere outside its workspace. */
export interface ExperimentRef {
  workspace: string;
  experiment: string;
}

/**
 * A `RunRef` as text: `<workspace>/<run>`, for keys of maps, ids in panels and state that is kept. A key without a
 * workspace is one of the workspace `local`: earlier versions kept such keys, and commands and links still use them
 * (`shortKey`). Both forms are accepted everywhere; `currentKey` makes them comparable.
 */
export type RunKey = string;

/** The workspace that is there from the start. */
export const LOCAL_ID = 'local';

export function runKey({ workspace, run }: RunRef): RunKey {
  return `${encodeURIComponent(workspace)}/${encodeURIComponent(run)}`;
}

export function parseRunKey(key: RunKey): RunRef {
  const [workspace, run] = splitKey(key);
  return { workspace, run };
}

/** The key of a run; of one in the workspace `local` its id alone, as earlier versions and other programs know it. */
export function shortKey(ref: RunRef): RunKey {
  return ref.workspace === LOCAL_ID ? encodeURIComponent(ref.run) : runKey(ref);
}

export function experimentKey({ workspace, experiment }: ExperimentRef): string {
  return `${encodeURIComponent(workspace)}/${encodeURIComponent(experiment)}`;
}

/** The key of an experiment; of one in the workspace `local` its id alone, as earlier versions know it. */
export function shortExperimentKey(ref: ExperimentRef): string {
  return ref.workspace === LOCAL_ID ? encodeURIComponent(ref.experiment) : experimentKey(ref);
}

export function parseExperimentKey(key: string): ExperimentRef {
  const [workspace, experiment] = splitKey(key);
  return { workspace, experiment };
}

/** What a run says of itself as a reference. */
export function refOf(run: { workspace: string; id: string }): RunRef {
  return { workspace: run.workspace, run: run.id };
}

function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  if (slash < 0) return [LOCAL_ID, decode(key)];
  return [decode(key.slice(0, slash)), decode(key.slice(slash + 1))];
}

/** Keys come from kept state and from links: one that is not encoded properly means itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return text;
  }
}
