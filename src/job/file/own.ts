/** What a job has that Azure has no field for. It stands among the `properties` of a job file, which Azure keeps as they are. */
import path from 'node:path';
import { joinArguments, splitArguments } from '../arguments.js';
import { parseOrNothing } from '../../base/json.js';
import type { CommandJob, MetricPattern } from '../spec.js';

const PREFIX = 'trainyard.';

export type OwnParts = Pick<CommandJob, 'launcher' | 'metrics'> & {
  /** Of the interpreter, absolute or a name. */
  python?: string;
  /** Relative to the code, with `/`. */
  workingFolder?: string;
};

export function writeOwn({ python, workingFolder, launcher, metrics }: OwnParts): Record<string, string> {
  return {
    ...(python !== undefined && { [`${PREFIX}python`]: python }),
    ...(workingFolder && { [`${PREFIX}folder`]: workingFolder }),
    ...(launcher && { [`${PREFIX}launcher`]: joinArguments(launcher) }),
    ...(metrics && { [`${PREFIX}metrics`]: JSON.stringify(metrics) }),
  };
}

/** @returns what is ours, and the other properties. Values that somebody broke are left among the others */
export function readOwn(properties: Readonly<Record<string, string>>): {
  own: OwnParts;
  others: Record<string, string>;
} {
  const own: OwnParts = {};
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    const read = name.startsWith(PREFIX) ? READERS[name.slice(PREFIX.length)]?.(value) : undefined;
    if (read) Object.assign(own, read);
    else others[name] = value;
  }
  return { own, others };
}

const READERS: Record<string, (value: string) => OwnParts | undefined> = {
  python: (value) => (value === '' ? undefined : { python: value }),
  folder: (value) =>
    path.isAbsolute(value) || value.split(/[\\/]/).includes('..') ? undefined : { workingFolder: value },
  launcher: (value) => {
    try {
      const launcher = splitArguments(value);
      return launcher.length > 0 ? { launcher } : undefined;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  },
  metrics: (value) => {
    const metrics = parseOrNothing(value);
    return Array.isArray(metrics) ? { metrics: metrics as MetricPattern[] } : undefined;
  },
};
