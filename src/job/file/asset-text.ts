/** Environments and data as YAML, for people to read and compare. It brings the YAML library, so it is loaded when used. */
import { Document, isMap, parseDocument, type Scalar } from 'yaml';
import type { EnvironmentDefinition } from '../environment.js';

/** What a version of anything has. */
interface About {
  name: string;
  version: string;
  description: string;
  tags: Readonly<Record<string, string>>;
}

const SCHEMAS = 'https://azuremlschemas.azureedge.net/latest';
/** By field. */
const COMMENTS = {
  requirements: ' The text of a requirements.txt. Azure ML has no field for it.',
  build: ' SHA-256 of the archive of the build context, which the workspace keeps.',
  variables: ' Of every job that runs in it. Azure ML has no field for them.',
};

/** The fields of Azure ML's file, and what that has no fields for. */
export function environmentText(
  environment: About & { definition: EnvironmentDefinition; kept: Readonly<Record<string, unknown>> },
): string {
  return textOf({
    $schema: `${SCHEMAS}/environment.schema.json`,
    ...about(environment),
    ...definitionOf(environment.definition),
    ...environment.kept,
  });
}

/**
 * What an environment is made of and what is in it, without its name: two of the same content have the same text.
 * @param packages versions by name; a text says why they are not known
 */
export function contentText(
  definition: EnvironmentDefinition,
  packages: Readonly<Record<string, string>> | string,
): string {
  const text = textOf(definitionOf(definition), {});
  if (typeof packages === 'string') return `${text}\n# ${packages}\n`;
  return `${text}\n${textOf({ packages })}`;
}

export function dataText({ type, path, ...data }: About & { type: string; path: string }): string {
  return textOf({ $schema: `${SCHEMAS}/data.schema.json`, ...about(data), type, path });
}

function about({ name, version, description, tags }: About): Record<string, unknown> {
  return {
    ...{ name, version },
    ...(description !== '' && { description }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

function definitionOf({ image, conda, pip, build, variables }: EnvironmentDefinition) {
  return {
    ...(image !== undefined && { image }),
    ...(conda !== undefined && { conda_file: conda }),
    ...(pip !== undefined && { requirements: pip }),
    ...(build && { build: { path: build.context, dockerfile_path: build.dockerfile } }),
    ...(variables && { variables }),
  };
}

function textOf(
  fields: Readonly<Record<string, unknown>>,
  comments: Readonly<Record<string, string>> = COMMENTS,
): string {
  const { conda_file: conda, ...others } = fields;
  const file = new Document(others);
  if (typeof conda === 'string') {
    const inside = parseDocument(conda);
    // One that cannot be read is shown as it is.
    file.set('conda_file', inside.errors.length > 0 ? conda : inside.contents);
  }
  for (const { key } of isMap<Scalar, unknown>(file.contents) ? file.contents.items : []) {
    const comment = comments[String(key.value)];
    if (comment !== undefined) key.commentBefore = comment;
  }
  return file.toString({ lineWidth: 0 });
}
