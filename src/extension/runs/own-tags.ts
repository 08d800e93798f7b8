import type { Run } from '../../workspace/types.js';

/** Tags that MLflow and Trainyard keep for themselves. */
const INTERNAL_TAG = /^(mlflow|trainyard)\./;
/** What a person wrote about a run, as MLflow's own page keeps it. */
export const NOTE_TAG = 'mlflow.note.content';

/** The tags that people and their scripts gave the run. */
export function ownTags({ tags }: Pick<Run, 'tags'>): [name: string, value: string][] {
  return Object.entries(tags).filter(([name]) => !INTERNAL_TAG.test(name));
}
