import type { Run } from './types.js';

/** The code of a run without a job. MLflow's client records the commit of the script if there is one, and no edits. */
export function codeOfTags(tags: Readonly<Record<string, string>>): Run['code'] {
  const head = tags['mlflow.source.git.commit'];
  if (!head) return undefined;
  return {
    head,
    branch: tags['mlflow.source.git.branch'] ?? null,
    changedFiles: 0,
    root: '',
    remote: tags['mlflow.source.git.repoURL'] ?? null,
    script: tags['mlflow.source.name'],
  };
}
