import path from 'node:path';

/** What the server keeps of a job beside the store, and what the target may keep there, too. It goes with the run. */
export interface JobFolders {
  root: string;
  log: string;
  /** TensorBoard's event files that the target handed over. */
  events: string;
}

export function foldersOf(home: string, runId: string): JobFolders {
  const root = path.join(home, 'jobs', runId);
  return { root, log: path.join(root, 'output.log'), events: path.join(root, 'events') };
}
