/** Environments as files have them: Azure ML's YAML, a conda file, a requirements.txt. */
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';
import { plain } from '../file/plain.js';
import { isWrong } from '../file/problem.js';
import { checkInlineEnvironment } from '../file/command/check.js';
import { environmentFields } from '../file/command/schema.js';
import { fields as fieldsOf, type FileSchema } from '../file/schema.js';
import { checkShape } from '../file/shape.js';
import { Sink } from '../file/sink.js';
import { readYaml, type YamlFile } from '../file/yaml.js';
import type { FileProblem } from '../file/problem.js';
import type { EnvironmentDefinition } from '../environment.js';

/** An environment that is to be created in a workspace. */
export interface EnvironmentFromFile {
  name?: string;
  version?: string;
  definition: Omit<EnvironmentDefinition, 'build'>;
  /** `folder` is absolute; `dockerfile` is relative to it, with `/`. */
  build?: { folder: string; dockerfile: string };
  description?: string;
  tags?: Record<string, string>;
  /** Fields that mean nothing here, as they were. */
  kept?: Record<string, unknown>;
}

const OWN = new Set(
  '$schema name version description tags image build conda_file environment_variables'.split(' '),
);

/**
 * Of the fields of Azure ML's YAML, as they stand in a job file or a file of their own.
 * @param folder absolute; the paths of the fields are relative to it
 * @throws BAD_REQUEST | NOT_FOUND for a file that is not there
 */
export async function environmentOfFields(
  fields: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<EnvironmentFromFile> {
  const { stringify } = await import('yaml');
  const { image, build, description, name, version, conda_file: conda } = fields;
  const tags = isObject(fields['tags']) ? fields['tags'] : {};
  const kept = Object.fromEntries(Object.entries(fields).filter(([field]) => !OWN.has(field)));
  return {
    ...(typeof name === 'string' && { name }),
    ...((typeof version === 'string' || typeof version === 'number') && { version: String(version) }),
    definition: {
      ...(typeof image === 'string' && { image: image.replace(/^docker\.io\/(?=.*\/)/, '') }),
      ...(typeof conda === 'string' && { conda: readBeside(folder, conda) }),
      ...(isObject(conda) && { conda: stringify(conda) }),
    },
    ...(isObject(build) && {
      build: {
        folder: path.resolve(folder, String(build['path'] ?? '.')),
        dockerfile: String(build['dockerfile_path'] ?? 'Dockerfile').replace(/^\.\//, ''),
      },
    }),
    ...(typeof description === 'string' && { description }),
    ...(Object.keys(tags).length > 0 && {
      tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
    }),
    ...(Object.keys(kept).length > 0 && { kept }),
  };
}

/**
 * Reads a file: requirements (`.txt`), a conda file (it has `dependencies`), or else Azure ML's YAML.
 * @param file absolute
 * @throws BAD_REQUEST with all problems, each with its line and column, as `details` | NOT_FOUND
 */
export async function environmentOfFile(file: string): Promise<EnvironmentFromFile> {
  const folder = path.dirname(file);
  const text = readBeside(folder, path.basename(file));
  if (/\.(txt|in)$/i.test(file)) return { definition: { pip: requirementsIn(text, file) } };
  if (isCondaFile(text)) return { definition: { conda: text } };
  const yaml = readYaml(text);
  const problems = problemsIn(yaml, file);
  if (isWrong(problems)) {
    const wrong = problems.filter(({ severity }) => severity === 'error');
    const said = wrong.map(
      ({ range: { start }, text: what }) => `${start.line + 1}:${start.column + 1} ${what}`,
    );
    throw new TrainyardError(
      'BAD_REQUEST',
      `${path.basename(file)} defines no environment. ${said.join(' ')}`,
      {
        details: { file, problems: wrong },
      },
    );
  }
  const fields = yaml.root && plain(yaml.root);
  if (!isObject(fields)) throw new TrainyardError('BAD_REQUEST', `${path.basename(file)} is empty.`);
  return environmentOfFields(fields, folder);
}

function problemsIn(yaml: YamlFile, file: string): readonly FileProblem[] {
  const sink = new Sink(yaml);
  for (const { start, end, ...problem } of yaml.problems) sink.tell({ start, end }, [], problem);
  const { root } = yaml;
  if (root && !isWrong(sink.problems)) {
    checkShape(root, fieldsOf(environmentFields) as FileSchema, sink);
    if (root.kind === 'map') checkInlineEnvironment(root, sink, { file, kindOf }, []);
  }
  return sink.problems;
}

function isCondaFile(text: string): boolean {
  const { root } = readYaml(text);
  const fields = root && plain(root);
  return isObject(fields) && Array.isArray(fields['dependencies']);
}

/** With the lines of the files that it names by `-r` in their place: what is kept is whole. @throws NOT_FOUND | BAD_REQUEST */
function requirementsIn(text: string, file: string, inside: readonly string[] = []): string {
  if (inside.includes(file))
    throw new TrainyardError('BAD_REQUEST', `${path.basename(file)} names itself by -r.`);
  const folder = path.dirname(file);
  return text
    .split(/\r?\n/)
    .map((line) => {
      const [, other] = /^\s*(?:-r|--requirement)[ =]?\s*(\S+)/.exec(line) ?? [];
      if (other !== undefined && !/^\w+:\/\//.test(other))
        return requirementsIn(readBeside(folder, other), path.resolve(folder, other), [
          ...inside,
          file,
        ]).trimEnd();
      if (/^\s*(-c|--constraint|-e|--editable)\b|^\s*\.{1,2}([\\/]|$)/.test(line))
        throw new TrainyardError(
          'BAD_REQUEST',
          `${path.basename(file)} names something beside it, which an environment does not keep: ${line.trim()}.`,
          { hint: 'Leave the line out. The code of the project is part of each run.' },
        );
      return line;
    })
    .join('\n');
}

function readBeside(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new TrainyardError('NOT_FOUND', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

function kindOf(name: string): 'file' | 'folder' | undefined {
  const found = fs.statSync(name, { throwIfNoEntry: false });
  if (!found) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
