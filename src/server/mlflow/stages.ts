import { invalid } from './errors.js';

/** Stages of model versions: MLflow's older way, before aliases. */

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export const archivedStage = 'Archived';

/** In any case of letters. */
export function canonicalStage(stage: string): string {
  const known = STAGES.find((name) => name.toLowerCase() === stage.toLowerCase());
  if (known) return known;
  throw invalid(`Invalid Model Version stage: ${stage}. Value must be one of ${STAGES.join(', ')}.`);
}

/** Stages that one version at a time may hold for itself. */
export function hasArchive(stage: string): boolean {
  return stage === 'Staging' || stage === 'Production';
}
