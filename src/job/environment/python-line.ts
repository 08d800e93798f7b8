/** The first line of requirements that were listed from a Python says which: pip and uv read it as a comment. */

/** @param version e.g. `3.11.2` */
export function pythonLine(version: string): string {
  return `# Python ${version}\n`;
}

/** @returns e.g. `3.11`; undefined: the requirements are for any */
export function pythonOf(requirements: string): string | undefined {
  return /^# Python (\d+\.\d+)(?:\.\w+)*\s*(?:\n|$)/.exec(requirements)?.[1];
}
