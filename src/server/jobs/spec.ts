import { TrainyardError } from '../../base/errors.js';
import type { JobSpec } from '../../job/spec.js';
import { allPatterns } from '../store/jobs.js';
import type { Store } from '../store/store.js';

/**
 * The job of a run, as it can be submitted again: with the patterns that came later, the experiment as it is called now,
 * and the names of its secrets; without a parent that is gone.
 * @throws NOT_SUPPORTED when the run is not one of a job
 */
export function specToSubmit({ jobs, runs, experiments }: Store, id: string): JobSpec {
  const job = jobs.ofRun(id);
  if (!job)
    throw new TrainyardError(
      'NOT_SUPPORTED',
      'This run was not started by Trainyard, so it cannot be submitted again.',
      {
        hint: 'Submit its script.',
      },
    );
  const { parentRunId, secrets: _, ...spec } = job.spec;
  const metrics = allPatterns(job);
  const hasParent = parentRunId !== undefined && runs.get(parentRunId)?.lifecycle === 'active';
  return {
    ...spec,
    experiment: experiments.get(job.experimentId)?.name ?? spec.experiment,
    ...(hasParent && { parentRunId }),
    ...(metrics.length > 0 && { metrics }),
    ...(job.secretNames.length > 0 && { secrets: job.secretNames }),
  };
}

/** @throws BAD_REQUEST when a secret of the job has no value */
export function requireSecrets(
  { secrets = [] }: JobSpec,
  values: Readonly<Record<string, string>> = {},
): void {
  const missing = secrets.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0)
    throw new TrainyardError('BAD_REQUEST', `There is no value for the secret ${missing.join(', ')}.`, {
      hint: 'Pass the values of secrets with each submit: they are never stored.',
    });
}
