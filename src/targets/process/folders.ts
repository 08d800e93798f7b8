import path from 'node:path';

/** Where a job lives on disk. The folder outlives the server; `code`, a link to its checkout, goes when the job has ended. */
export interface JobFolders {
  root: string;
  code: string;
  output: string;
  log: string;
}

export function foldersIn(root: string): JobFolders {
  return {
    root,
    code: path.join(root, 'code'),
    output: path.join(root, 'output'),
    log: path.join(root, 'output.log'),
  };
}
