import { joinArguments, splitArguments } from '../../job/arguments.js';

/** Reads `A=1 B="two words"` as environment variables. @throws RangeError saying what is wrong */
export function parseAssignments(line: string): Record<string, string> {
  const pairs = splitArguments(line).map((part) => {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (at < 0 || !isVariableName(name)) throw new RangeError(part);
    return [name, part.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

export function formatAssignments(variables: Readonly<Record<string, string>>): string {
  return joinArguments(Object.entries(variables).map(([name, value]) => `${name}=${value}`));
}

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
