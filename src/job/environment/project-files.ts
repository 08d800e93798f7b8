/** Files of a project that say what its code runs in. Pure. */

/** `yaml`: a conda file or Azure ML's, which its content tells. */
export type NamedKind = 'uv' | 'requirements' | 'pyproject' | 'dockerfile' | 'yaml';
/** In the order in which they are offered: those that say most first. */
export const FILE_KINDS = ['azure', 'uv', 'conda', 'requirements', 'pyproject', 'dockerfile'] as const;
export type EnvironmentFileKind = (typeof FILE_KINDS)[number];

/** What a file is by its name; undefined: it may be anything. */
export function kindByName(name: string): NamedKind | undefined {
  if (/\.(txt|in)$/i.test(name)) return 'requirements';
  if (name === 'uv.lock') return 'uv';
  if (name === 'pyproject.toml') return 'pyproject';
  if (/^(dockerfile|containerfile)(\..+)?$|\.dockerfile$/i.test(name) && !/\.dockerignore$/i.test(name))
    return 'dockerfile';
  return /\.ya?ml$/i.test(name) ? 'yaml' : undefined;
}

/** Whether a file of a project may define an environment, so that its text is worth to be read. */
export function isCandidate(name: string): boolean {
  const kind = kindByName(name);
  // Not every text is a list of requirements.
  return kind === 'requirements' ? /requirements/i.test(name) : kind !== undefined;
}

/** What a file defines; undefined: no environment. */
export function kindOf(name: string, text: string): EnvironmentFileKind | undefined {
  const kind = kindByName(name);
  switch (kind) {
    case 'pyproject':
      return /^\s*(dependencies\s*=|dynamic\s*=.*"dependencies"|\[tool\.poetry\.dependencies\])/m.test(text)
        ? kind
        : undefined;
    case 'yaml':
      if (/^\$schema:.*\benvironment\.schema\.json/m.test(text)) return 'azure';
      if (/^(\$schema|command|jobs|services):/m.test(text)) return undefined;
      if (/^dependencies:/m.test(text)) return 'conda';
      return /^(conda_file|build):/m.test(text) && /^name:/m.test(text) ? 'azure' : undefined;
    default:
      return kind;
  }
}

/** Names of one folder in the order in which they are offered. */
export function byKind(
  a: { name: string; kind: EnvironmentFileKind },
  b: { name: string; kind: EnvironmentFileKind },
): number {
  return (
    FILE_KINDS.indexOf(a.kind) - FILE_KINDS.indexOf(b.kind) ||
    a.name.length - b.name.length ||
    (a.name < b.name ? -1 : 1)
  );
}

/** How people call what a file is for. */
export const WORD_OF_KIND: Readonly<Record<EnvironmentFileKind, string>> = {
  azure: 'Azure ML',
  uv: 'uv',
  conda: 'conda',
  requirements: 'pip',
  pyproject: 'pip',
  dockerfile: 'Docker',
};
