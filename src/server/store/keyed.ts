/** A JSON column that holds string → string. */
export type Keyed = Record<string, string>;

export const readKeyed = (json: string): Keyed => JSON.parse(json) as Keyed;

export const withKey = (json: string, key: string, value: string): string =>
  JSON.stringify({ ...readKeyed(json), [key]: value });

/** undefined: there was no such key. */
export function withoutKey(json: string, key: string): string | undefined {
  const { [key]: gone, ...rest } = readKeyed(json);
  return gone === undefined ? undefined : JSON.stringify(rest);
}
