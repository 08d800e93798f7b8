/** Which files of a build context stay out of it. */
import ignore from 'ignore';

export interface IgnoreFiles {
  dockerignore?: string;
  /** Of .amlignore, else of .gitignore, as Azure ML has it. */
  ignore?: string;
}

/** @returns whether a path (relative, with `/`) stays out */
export function leavesOut(files: IgnoreFiles): (path: string, isFolder: boolean) => boolean {
  const git = ignore.default().add(files.ignore ?? '');
  const docker = dockerPatterns(files.dockerignore ?? '');
  return (path, isFolder) =>
    path === '.git' || git.ignores(isFolder ? `${path}/` : path) || isLeftOutByDocker(docker, path);
}

/** Whether a folder that stays out may hold something that a `!` brings back, so that it has to be looked into. */
export function mayComeBack({ dockerignore = '' }: IgnoreFiles): boolean {
  return dockerPatterns(dockerignore).some(({ isBack }) => isBack);
}

interface Pattern {
  isBack: boolean;
  regex: RegExp;
}

/** The last pattern that fits a path, or a folder above it, decides. */
function isLeftOutByDocker(patterns: readonly Pattern[], path: string): boolean {
  const parts = path.split('/');
  const above = parts.map((_, n) => parts.slice(0, n + 1).join('/'));
  return patterns.reduce(
    (out, { isBack, regex }) => (above.some((one) => regex.test(one)) ? !isBack : out),
    false,
  );
}

/** Patterns start at the root of the context, unlike those of git. */
function dockerPatterns(text: string): Pattern[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isBack = line.startsWith('!');
      const pattern = line
        .slice(isBack ? 1 : 0)
        .trim()
        .replace(/^\.?\/+/, '')
        .replace(/\/+$/, '');
      return { isBack, regex: new RegExp(`^${regexOf(pattern)}$`) };
    });
}

function regexOf(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|\\?[^]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 2) return token;
    return token.replace(/^\\(?=.)/, '').replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
}
