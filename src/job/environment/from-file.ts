/** Environments as files have them: Azure ML's YAML, a conda file, a requirements.txt. */
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';
import { disk } from '../disk.js';
import { environmentOfFields, readEnvironmentFile, type WrittenEnvironment } from '../file/environment.js';
import { plain } from '../file/plain.js';
import { refuseFile } from '../file/problem.js';
import { readYaml } from '../file/yaml.js';

/** An environment that is to be created in a workspace. */
export interface EnvironmentFromFile extends WrittenEnvironment {
  name?: string;
  version?: string;
  description?: string;
  tags?: Record<string, string>;
  /** Fields that mean nothing here, as they were. */
  kept?: Record<string, unknown>;
}

const OWN = new Set('$schema name version description tags image build conda_file'.split(' '));

/**
 * Reads a file: requirements (`.txt`), a conda file (it has `dependencies`), or else Azure ML's YAML.
 * @param file absolute
 * @throws BAD_REQUEST with all problems, each with its line and column, as `details` | NOT_FOUND
 */
export function environmentOfFile(file: string): EnvironmentFromFile {
  const folder = path.dirname(file);
  const text = read(file);
  if (/\.(txt|in)$/i.test(file)) return { definition: { pip: requirementsIn(text, file) } };
  if (isCondaFile(text)) return { definition: { conda: text } };
  const { problems, fields } = readEnvironmentFile(text, { file, kindOf: (at) => disk.kind(at) });
  const wrong = problems.filter(({ severity }) => severity === 'error');
  refuseFile(file, wrong, 'defines no environment');
  return { ...aboutIt(fields), ...environmentOfFields(fields, folder, read) };
}

/** All but the content. */
function aboutIt(fields: Readonly<Record<string, unknown>>): Partial<EnvironmentFromFile> {
  const { name, version, description } = fields;
  const tags = isObject(fields['tags']) ? Object.entries(fields['tags']) : [];
  const kept = Object.fromEntries(Object.entries(fields).filter(([field]) => !OWN.has(field)));
  return {
    ...(typeof name === 'string' && { name }),
    ...((typeof version === 'string' || typeof version === 'number') && { version: String(version) }),
    ...(typeof description === 'string' && { description }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(([key, value]) => [key, String(value)])) }),
    ...(Object.keys(kept).length > 0 && { kept }),
  };
}

function isCondaFile(text: string): boolean {
  const { root } = readYaml(text);
  const fields = root && plain(root);
  return isObject(fields) && Array.isArray(fields['dependencies']);
}

/** With the lines of the files that it names by `-r` in their place: what is kept is whole. @throws NOT_FOUND | BAD_REQUEST */
function requirementsIn(text: string, file: string, inside: readonly string[] = []): string {
  if (inside.includes(file))
    throw new TrainyardError('BAD_REQUEST', `${path.basename(file)} includes itself with -r.`);
  const folder = path.dirname(file);
  return text
    .split(/\r?\n/)
    .map((line) => {
      const [, other] = /^\s*(?:-r|--requirement)[ =]?\s*(\S+)/.exec(line) ?? [];
      if (other !== undefined && !/^\w+:\/\//.test(other))
        return requirementsIn(read(path.resolve(folder, other)), path.resolve(folder, other), [
          ...inside,
          file,
        ]).trimEnd();
      if (/^\s*(-c|--constraint|-e|--editable)\b|^\s*\.{1,2}([\\/]|$)/.test(line))
        throw new TrainyardError(
          'BAD_REQUEST',
          `${path.basename(file)} refers to something outside itself, which an environment does not keep: ${line.trim()}.`,
          { hint: 'Leave the line out. The code of the project is part of each run.' },
        );
      return line;
    })
    .join('\n');
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new TrainyardError('NOT_FOUND', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
