import type { TrainyardError } from '../base/errors.js';

/** Id of the experiment that a submit was refused for because it is deleted; undefined when that is not the reason. */
export function deletedExperimentOf({ details }: TrainyardError): string | undefined {
  const id = (details as { deletedExperiment?: unknown } | undefined)?.deletedExperiment;
  return typeof id === 'string' ? id : undefined;
}
