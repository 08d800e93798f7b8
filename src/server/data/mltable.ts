import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';

/** A folder's description of a table: which files it is made of. */
const FILE = 'MLTable';
/** What an entry of `paths` names. */
const KINDS = ['file', 'folder', 'pattern'] as const;

interface TablePath {
  kind: (typeof KINDS)[number];
  /** As it is written: relative to the folder, absolute, or a URI. */
  path: string;
}

/** The files that a table names. @param text YAML @throws BAD_REQUEST */
async function tablePaths(text: string, at: string): Promise<TablePath[]> {
  const { parseDocument } = await import('../../base/yaml.js');
  const document = parseDocument(text);
  const table: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (!isObject(table)) throw wrong(at, document.errors[0]?.message.split('\n')[0] ?? 'it has no fields.');
  const { paths } = table;
  if (!Array.isArray(paths) || paths.length === 0) throw wrong(at, '`paths` is missing.');
  return paths.map((entry: unknown, i) => {
    const kind = isObject(entry) ? KINDS.find((each) => typeof entry[each] === 'string') : undefined;
    if (kind === undefined) throw wrong(at, `paths[${i}] must be a file, a folder or a pattern.`);
    return { kind, path: (entry as Record<string, string>)[kind] as string };
  });
}

/**
 * Checks a table before a job reads it: the folder has a file MLTable, and what that names in the folder is there.
 * @param folder absolute @throws NOT_FOUND | BAD_REQUEST
 */
export async function checkTable(folder: string): Promise<void> {
  const file = path.join(folder, FILE);
  if (!fs.existsSync(file))
    throw new TrainyardError('NOT_FOUND', `${folder} has no file ${FILE}.`, {
      hint: 'Name the folder of the table, or use the type uri_folder.',
    });
  for (const { kind, path: named } of await tablePaths(await fs.promises.readFile(file, 'utf8'), file)) {
    if (isUri(named)) continue;
    const full = path.resolve(folder, named);
    const isThere =
      kind === 'pattern' ? await hasAny(fs.promises.glob(named, { cwd: folder })) : fs.existsSync(full);
    if (!isThere)
      throw new TrainyardError('NOT_FOUND', `${file} names ${named}, which does not exist.`, {
        hint: 'Correct its `paths`.',
      });
  }
}

/** A drive of Windows is no scheme. */
const isUri = (text: string) => /^[A-Za-z][A-Za-z0-9+.-]+:/.test(text);

async function hasAny(found: AsyncIterable<string>): Promise<boolean> {
  for await (const _ of found) return true;
  return false;
}

function wrong(at: string, why: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `${at} is not a valid table: ${why}`, {
    hint: 'Correct the file.',
  });
}
