import { type Static, Type } from 'typebox';
import { Errors } from 'typebox/value';

/** What `workspaces.json` holds. Fields of later versions are let through, and kept. */
const ENTRY = Type.Object({
  id: Type.String({ pattern: '^(?!\\.+$)[A-Za-z0-9._-]{1,100}$' }),
  name: Type.String({ minLength: 1 }),
  kind: Type.String({ minLength: 1 }),
  home: Type.Optional(Type.String({ minLength: 1 })),
  uri: Type.Optional(Type.String({ minLength: 1 })),
});
const LIST = Type.Object({
  active: Type.Optional(Type.String()),
  workspaces: Type.Optional(Type.Array(ENTRY)),
});

export type KeptList = Static<typeof LIST>;

/** The first thing that is wrong, with where it is, e.g. `workspaces/0/name must be string`; undefined when nothing is. */
export function problemOfList(value: unknown): string | undefined {
  const [error] = Errors(LIST, value);
  if (error) return [error.instancePath.slice(1), error.message].filter(Boolean).join(' ');
  const ids = (value as KeptList).workspaces?.map(({ id }) => id) ?? [];
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  return twice === undefined ? undefined : `the id ${twice} appears twice`;
}
