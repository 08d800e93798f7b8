import { InvalidArgumentError } from 'commander';

/** Both sides of the first `=`. @param form for people: `NAME=VALUE` */
export function pairOf(text: string, form: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`Expected ${form}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** For an option that may be repeated; the last one of a name counts. */
export function addPair(text: string, before: Record<string, string>): Record<string, string> {
  const [name, value] = pairOf(text, 'NAME=VALUE');
  return { ...before, [name]: value };
}
