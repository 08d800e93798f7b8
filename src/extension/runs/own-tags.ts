import type { Run } from '../../workspace/types.js';

/** Tags that MLflow and Trainyard keep for themselves. */
const INTERNAL_TAG = /^(mlflow|trainyard)\./;

/** What people wrote about the run, in Markdown. */
export const NOTE_TAG = 'mlflow.note.content';

/** The tags that people and their scripts gave the run. */
export function ownTags({ tags }: Pick<Run, 'tags'>): [name: string, value: string][] {
  return Object.entries(tags).filter(([name]) => !INTERNAL_TAG.test(name));
}
