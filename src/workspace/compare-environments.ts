import { compareNames } from '../base/order.js';
import type { EnvironmentVersion } from './types.js';

export interface EnvironmentDifference {
  /** `numpy`, `image`, `conda`, … */
  what: string;
  before?: string;
  after?: string;
}

/** What is other in the second: first what was asked for, then what is installed, where both were built. */
export function differencesOf(
  before: EnvironmentVersion,
  after: EnvironmentVersion,
): { definition: EnvironmentDifference[]; packages?: EnvironmentDifference[] } {
  const [one, two] = [packagesOf(before), packagesOf(after)];
  return {
    definition: compare(partsOf(before), partsOf(after)),
    ...(one && two && { packages: compare(one, two) }),
  };
}

/** Those of the newest build that knows them. */
export function packagesOf({ builds }: EnvironmentVersion): Record<string, string> | undefined {
  return builds.find(({ packages }) => packages)?.packages;
}

/** Why the packages of an environment are not known; undefined when they are. */
export function packagesMissing(environment: EnvironmentVersion): 'not-built' | 'no-python' | undefined {
  if (packagesOf(environment)) return undefined;
  return environment.builds.length === 0 ? 'not-built' : 'no-python';
}

function partsOf({
  definition: { image, conda, pip, build, variables },
}: EnvironmentVersion): Record<string, string> {
  return {
    ...(image !== undefined && { image }),
    ...(conda !== undefined && { conda }),
    ...(pip !== undefined && { pip }),
    ...(build && { 'build context': build.context, dockerfile: build.dockerfile }),
    ...Object.fromEntries(
      Object.entries(variables ?? {}).map(([name, value]) => [`variable ${name}`, value]),
    ),
  };
}

function compare(before: Record<string, string>, after: Record<string, string>): EnvironmentDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareNames);
  return names
    .filter((name) => before[name] !== after[name])
    .map((what) => ({
      what,
      ...(before[what] !== undefined && { before: before[what] }),
      ...(after[what] !== undefined && { after: after[what] }),
    }));
}
