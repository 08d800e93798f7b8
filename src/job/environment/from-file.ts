/** Environments as files have them: Azure ML's YAML, and those that projects have for conda, pip, uv, Poetry and Docker. */
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';
import { disk } from '../disk.js';
import { environmentOfFields, readEnvironmentFile, type WrittenEnvironment } from '../file/environment.js';
import { plain } from '../file/plain.js';
import { refuseFile } from '../file/problem.js';
import { readYaml } from '../file/yaml.js';
import { kindByName } from './project-files.js';
import { wholeRequirements } from './requirements.js';

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
 * Reads a file: by its name requirements, a uv.lock, a pyproject.toml or a Dockerfile, whose folder is the build context; by its
 * content a conda file, which has `dependencies`, or else Azure ML's YAML.
 * @param file absolute
 * @throws BAD_REQUEST with all problems, each with its line and column, as `details` | NOT_FOUND | NOT_SUPPORTED
 */
export async function environmentOfFile(file: string): Promise<EnvironmentFromFile> {
  const folder = path.dirname(file);
  const text = read(file);
  switch (kindByName(path.basename(file))) {
    case 'requirements':
      return { definition: { pip: wholeRequirements(text, file, read) } };
    case 'uv':
    case 'pyproject': {
      const { requirementsOfToml } = await import('./toml.js');
      return {
        definition: { pip: wholeRequirements(await requirementsOfToml(file, text, read), file, read) },
      };
    }
    case 'dockerfile':
      return { definition: {}, build: { folder, dockerfile: path.basename(file) } };
    case 'yaml':
    case undefined:
  }
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

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new TrainyardError('NOT_FOUND', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
