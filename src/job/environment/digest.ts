import { createHash } from 'node:crypto';
import type { EnvironmentDefinition } from '../environment.js';

/** SHA-256 of what an environment is made of: two with the same digest are the same, however they are called. */
export function digestOf({ image, conda, pip, build, variables = {} }: EnvironmentDefinition): string {
  const content = {
    ...(image !== undefined && { image }),
    ...(conda !== undefined && { conda: lines(conda) }),
    ...(pip !== undefined && { pip: lines(pip) }),
    ...(build && { build: { context: build.context, dockerfile: build.dockerfile } }),
    ...(Object.keys(variables).length > 0 && { variables }),
  };
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/** The version of an environment that nobody gave a name: its name is ANONYMOUS. */
export function anonymousVersion(digest: string): string {
  return digest.slice(0, 12);
}

export const ANONYMOUS = 'anonymous';

/** The ends of lines say nothing of what is in a text. */
function lines(text: string): string {
  return `${text.replace(/\r\n?/g, '\n').trimEnd()}\n`;
}

/** JSON with the names of fields in order. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join()}}`;
}
