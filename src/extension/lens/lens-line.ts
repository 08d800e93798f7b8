/** Longer ones are data, or made by a machine. */
const MOST_CHARACTERS = 500_000;
const LINES = [
  /^if\s+__name__\s*==\s*['"]__main__['"]\s*:/,
  /^\s*(with\s+|\w+\s*=\s*)?mlflow\.start_run\s*\(/,
  /^\s*mlflow(\.\w+)*\.autolog\s*\(/,
];

/** The first line, from 0, that says that a Python file is run and not imported; undefined in one that does not. */
export function lensLine(text: string): number | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const at = text.split('\n').findIndex((line) => LINES.some((pattern) => pattern.test(line)));
  return at < 0 ? undefined : at;
}
