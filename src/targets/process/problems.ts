import type { JobSpec } from '../../job/spec.js';
import type { JobEnvironment } from '../target.js';

/** What keeps a job from running as a process, one sentence each. */
export function problemsHere(spec: JobSpec, environment: JobEnvironment | undefined): string[] {
  const { resources = {}, network } = spec;
  const limits = [
    ...(resources.cpus === undefined ? [] : ['CPUs']),
    ...(resources.memory === undefined ? [] : ['memory']),
    ...(resources.gpus === undefined ? [] : ['GPUs']),
  ];
  return [
    ...(environment?.kind === 'image'
      ? [`The image “${environment.image}” needs a target that runs containers; “local” runs processes.`]
      : []),
    ...(limits.length > 0
      ? [
          `“local” cannot limit the ${limits.join(' and ')} of a process. Choose a target that runs containers, or leave the limit out.`,
        ]
      : []),
    ...((resources.instanceCount ?? 1) > 1
      ? [`“local” is one machine; the job wants ${resources.instanceCount}.`]
      : []),
    ...(network === 'off'
      ? ['“local” cannot keep a process from the network. Choose a target that runs containers.']
      : []),
  ];
}
