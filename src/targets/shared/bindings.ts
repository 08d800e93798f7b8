/** Puts the paths of a job's data and outputs into its words and its environment, for targets of every kind. */
import type { PlatformPath } from 'node:path';
import { fillPlaceholders } from '../../job/placeholders.js';
import type { Job } from '../target.js';

/** Paths of a job's outputs where it runs, in the order of `Job.outputs`. @param paths those of the place: `path.posix` in a container */
export function outputPlaces({ outputs }: Job, folder: string, paths: PlatformPath): string[] {
  return outputs.map(({ path, name, isFile }) => paths.join(folder, path, ...(isFile && name ? [name] : [])));
}

/**
 * @param sources absolute paths of the data where the job runs, by name
 * @param places see `outputPlaces`
 */
export function bound(
  job: Job,
  sources: Readonly<Record<string, string>>,
  places: readonly string[],
): {
  words: { launcher?: string[]; command: string[] };
  /** Environment variables that name the paths. */
  variables: Record<string, string>;
} {
  const outputs = job.outputs.map(({ name, variable }, i) => ({ name, variable, place: places[i]! }));
  const named = outputs.flatMap(({ name, place }) => (name === undefined ? [] : [[name, place] as const]));
  const bindings = {
    inputs: { ...job.parameters, ...sources },
    outputs: Object.fromEntries(named),
  };
  const { launcher, command } = job;
  return {
    words: {
      ...(launcher && { launcher: fillPlaceholders(launcher, bindings) }),
      command: fillPlaceholders(command, bindings),
    },
    variables: {
      ...Object.fromEntries(Object.entries(sources).map(([name, at]) => [inputVariable(name), at])),
      ...Object.fromEntries(outputs.map(({ variable, place }) => [variable, place])),
    },
  };
}

/** As Azure ML calls it. */
const inputVariable = (name: string) => `AZURE_ML_INPUT_${name}`;
