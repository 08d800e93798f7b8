/** Environments that job files hold or name: what is in them. */
import path from 'node:path';
import { stringify } from 'yaml';
import { isObject } from '../../base/json.js';
import type { EnvironmentDefinition } from '../environment.js';
import { ENVIRONMENT } from './kinds.js';
import { plain } from './plain.js';
import type { FilePlace, FileProblem } from './read.js';
import { readFileOfKind } from './read.js';

/** An environment as a workspace can make one of it. */
export interface WrittenEnvironment {
  readonly definition: Omit<EnvironmentDefinition, 'build'>;
  readonly build?: {
    /** Absolute. */
    readonly folder: string;
    /** Relative to it, with `/`. */
    readonly dockerfile: string;
  };
}

/**
 * @param fields as an environment’s file has them, checked
 * @param folder absolute; their paths are relative to it
 * @param textOf the text of a file @throws what that throws
 */
export function environmentOfFields(
  { image, conda_file: conda, build }: Readonly<Record<string, unknown>>,
  folder: string,
  textOf: (file: string) => string,
): WrittenEnvironment {
  const text = typeof conda === 'string' ? textOf(path.resolve(folder, withoutScheme(conda))) : undefined;
  const context = isObject(build) && typeof build['path'] === 'string' ? build : undefined;
  return {
    definition: {
      ...(typeof image === 'string' && { image }),
      ...(text !== undefined && { conda: text }),
      ...(isObject(conda) && { conda: stringify(conda, { lineWidth: 0 }) }),
    },
    ...(context && {
      build: {
        folder: path.resolve(folder, withoutScheme(String(context['path']))),
        dockerfile: String(context['dockerfile_path'] ?? 'Dockerfile'),
      },
    }),
  };
}

/** A file that defines an environment. */
export function readEnvironmentFile(
  text: string,
  place: FilePlace,
): { fields: Record<string, unknown>; problems: readonly FileProblem[] } {
  const { yaml, problems } = readFileOfKind(ENVIRONMENT, text, place);
  const value = yaml.root && plain(yaml.root);
  return { fields: isObject(value) ? value : {}, problems };
}

const withoutScheme = (file: string) => file.replace(/^file:/, '');
