/** Text of requirements.txt as an environment keeps it: whole, and without anything of the place where it was written. */
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';

/**
 * With the lines of the files that it names by `-r` in their place.
 * @param file absolute
 * @param textOf the text of a file @throws what that throws
 * @throws BAD_REQUEST for what lies outside it
 */
export function wholeRequirements(
  text: string,
  file: string,
  textOf: (file: string) => string,
  inside: readonly string[] = [],
): string {
  const name = path.basename(file);
  if (inside.includes(file)) throw new TrainyardError('BAD_REQUEST', `${name} includes itself with -r.`);
  return text
    .split(/\r?\n/)
    .map((line) => {
      const [, other] = /^\s*(?:-r|--requirement)[ =]?\s*(\S+)/.exec(line) ?? [];
      if (other !== undefined && !/^\w+:\/\//.test(other)) {
        const full = path.resolve(path.dirname(file), other);
        return wholeRequirements(textOf(full), full, textOf, [...inside, file]).trimEnd();
      }
      if (isOutside(line))
        throw new TrainyardError(
          'BAD_REQUEST',
          `${name} refers to something outside itself, which an environment does not keep: ${line.trim()}.`,
          { hint: 'Leave the line out. The code of the project is part of each run.' },
        );
      return line;
    })
    .join('\n');
}

/** A name, a password or a token in the address of an index or of a package: what an environment must not keep. */
export function credentialsIn(text: string): string | undefined {
  const [, host] = /https?:\/\/[^\s/@'"]*[^\s/@'"}]@([^\s/'"]+)/i.exec(text) ?? [];
  return host;
}

/** A local path, however it is written. */
function isOutside(line: string): boolean {
  return (
    /^\s*(-c|--constraint|-e|--editable)\b|^\s*\.{1,2}([\\/]|$)/.test(line) ||
    /^\s*(-f|--find-links)[ =]?\s*(?!\w+:\/\/|[\\/]|[A-Za-z]:)\S/.test(line) ||
    /^\s*[\w.-]+(\[[^\]]*\])?\s*@\s*(file:|\.{0,2}[\\/])/.test(line) ||
    /^\s*(?!\w+:\/\/)[^\s@:#-][^\s@:#]*\.(whl|tar\.gz|zip)\s*$/.test(line)
  );
}
