import { TrainyardError } from '../base/errors.js';
import { packagesOf } from './compare-environments.js';
import type { EnvironmentVersion, NewEnvironment } from './types.js';

/** Whether a version of it with exact packages can be made, once it is built. */
export function isLockable({ definition }: Pick<EnvironmentVersion, 'definition'>): boolean {
  return definition.pip !== undefined;
}

/**
 * The next version of an environment, with the exact packages that its newest build has.
 * @throws NOT_SUPPORTED (it is not made of requirements) | CONFLICT (it has not been built)
 */
export function lockOf(environment: EnvironmentVersion): NewEnvironment {
  const { name, version, definition, tags } = environment;
  if (definition.pip === undefined)
    throw new TrainyardError(
      'NOT_SUPPORTED',
      `${name}:${version} is not made of requirements, so there is nothing to lock.`,
      {
        hint:
          definition.conda === undefined
            ? 'An image is exact when it is named by its digest (NAME@sha256:…).'
            : 'Write exact versions into its conda file: trainyard environment show lists the packages of a build.',
      },
    );
  const packages = packagesOf(environment);
  if (!packages)
    throw new TrainyardError(
      'CONFLICT',
      `${name}:${version} has not been built yet, so the exact versions of its packages are not known.`,
      { hint: `Build it first: trainyard environment build ${name}:${version}` },
    );
  // Where pip finds packages is still asked for.
  const options = definition.pip.split('\n').filter((line) => /^\s*--/.test(line));
  return {
    name,
    definition: { ...definition, pip: [...options, pinned(packages)].join('\n') },
    description: `${name}:${version} in exact versions.`,
    tags,
  };
}

function pinned(packages: Readonly<Record<string, string>>): string {
  const lines = Object.entries(packages).filter(([name]) => name !== 'python' && name !== 'pip');
  return lines.map(([name, version]) => `${name}==${version}\n`).join('');
}
