/** What the schema of a command job cannot say: expressions, references, and what they lead to. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expressionsIn, readExpressions } from '../expressions.js';
import type { FilePlace } from '../kinds.js';
import { nearest } from '../nearest.js';
import { assetReference, isAddress, isElsewhere } from '../references.js';
import { entryOf } from '../shape.js';
import type { Sink, Steps } from '../sink.js';
import { bytesOf } from '../sizes.js';
import { placeholdersOf } from '../templates.js';
import type { YamlFile, YamlMap, YamlNode, YamlScalar } from '../yaml.js';
import { readDockerArgs } from './docker-args.js';

export function checkCommandJob(_file: YamlFile, root: YamlMap, sink: Sink, place: FilePlace): void {
  const inputs = namesOf(root, 'inputs', sink);
  const outputs = namesOf(root, 'outputs', sink);
  checkCommand(root, inputs, outputs, sink);
  checkCode(root, sink, place);
  checkEnvironment(root, sink, place);
  checkVariables(root, sink);
  checkCompute(root, sink);
  checkInputs(root, sink, place);
  checkResources(root, sink);
  checkPlaceholders(root, sink);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function namesOf(root: YamlMap, field: 'inputs' | 'outputs', sink: Sink): string[] {
  const value = entryOf(root, field)?.value;
  if (value?.kind !== 'map') return [];
  return value.entries.flatMap(({ key }) => {
    const name = String(key.value);
    if (key.type === 'string' && !NAME.test(name))
      sink.tell(key, [field, name], {
        code: 'value',
        text: `“${name}” is not a name for one of the ${field}.`,
        hint: 'Names have letters, digits and _, and do not begin with a digit.',
      });
    return name;
  });
}

function checkCommand(
  root: YamlMap,
  inputs: readonly string[],
  outputs: readonly string[],
  sink: Sink,
): void {
  const command = entryOf(root, 'command')?.value;
  if (command?.kind !== 'scalar' || command.type !== 'string') return;
  const text = String(command.value);
  if (text.trim() === '')
    return sink.tell(command, ['command'], { code: 'value', text: 'The command is empty.' });
  const { parts, unclosed } = readExpressions(text);
  const placeOf = placesIn(command, sink);
  for (const { start, end, bracket } of unclosed)
    sink.tell(placeOf(text, start, end), ['command'], {
      code: 'expression',
      text: `${bracket} is not closed.`,
      hint: `Close it with ${bracket === '${{' ? '}}' : ']]'}.`,
    });
  for (const { expression, isOptional } of expressionsIn(parts)) {
    const problem = problemOfExpression(expression.body, isOptional, inputs, outputs);
    if (problem)
      sink.tell(placeOf(text, expression.start, expression.end), ['command'], {
        code: 'expression',
        ...problem,
      });
  }
}

function problemOfExpression(
  body: string,
  isOptional: boolean,
  inputs: readonly string[],
  outputs: readonly string[],
): { text: string; hint?: string } | undefined {
  const shown = `\${{${body}}}`;
  const [head = '', ...rest] = body.split('.');
  const name = rest.join('.');
  if (head !== 'inputs' && head !== 'outputs') {
    const text = `Nothing fills in ${shown}.`;
    if (head === 'search_space')
      return { text, hint: 'It belongs in a sweep. In a job it is ${{inputs.NAME}}.' };
    if (head === 'parent' || head === 'jobs')
      return { text, hint: 'It belongs in a pipeline. In a job it is ${{inputs.NAME}}.' };
    const meant = nearest(head, ['inputs', 'outputs']);
    return {
      text,
      hint: meant
        ? `Did you mean \${{${[meant, ...rest].join('.')}}}?`
        : 'A job has ${{inputs.NAME}} and ${{outputs.NAME}}.',
    };
  }
  if (name === '') return { text: `${shown} names none of the ${head}.`, hint: `Write \${{${head}.NAME}}.` };
  const known = head === 'inputs' ? inputs : outputs;
  // An input that is not there is left out with what is around it.
  if (known.includes(name) || (head === 'inputs' && isOptional)) return undefined;
  const meant = nearest(name, known);
  return {
    text: `There is no ${head.slice(0, -1)} “${name}”.`,
    hint: meant ? `Did you mean \${{${head}.${meant}}}?` : `Add “${name}” to the ${head} of this job.`,
  };
}

/** Finds a part of a scalar's text in the file, where it may be folded or escaped. */
function placesIn(
  scalar: YamlScalar,
  { file }: Sink,
): (text: string, start: number, end: number) => { start: number; end: number } {
  const source = file.text.slice(scalar.start, scalar.end);
  return (text, start, end) => {
    const part = text.slice(start, end);
    const before = text.slice(0, start).split(part).length - 1;
    let at = -1;
    for (let i = 0; i <= before; i++) {
      at = source.indexOf(part, at + 1);
      if (at < 0) return scalar;
    }
    return { start: scalar.start + at, end: scalar.start + at + part.length };
  };
}

function checkCode(root: YamlMap, sink: Sink, place: FilePlace): void {
  const code = textOf(root, 'code');
  if (!code) return;
  if (isElsewhere(code.text)) {
    const isGit = code.text.startsWith('git+');
    const reference = assetReference(code.text);
    if (reference?.kind === 'wrong' || (!isGit && !reference && !/^https?:/.test(code.text)))
      return sink.tell(code.node, ['code'], {
        code: 'value',
        text: `“${code.text}” is not a folder.`,
        ...(reference?.kind === 'wrong' && { hint: reference.why }),
      });
    return sink.tell(code.node, ['code'], {
      severity: 'warning',
      code: 'unsupported',
      text: 'The code cannot be fetched from an address here.',
      hint: 'Give a folder on this computer.',
    });
  }
  checkPath(code.node, code.text, ['code'], sink, place);
}

/** Absolute. */
export function pathFrom(place: Pick<FilePlace, 'file'>, written: string): string {
  if (/^file:\/\//.test(written)) return fileURLToPath(written);
  return path.resolve(path.dirname(place.file), written.replace(/^file:/, ''));
}

function checkPath(
  node: YamlNode,
  written: string,
  steps: Steps,
  sink: Sink,
  place: FilePlace,
  wanted?: 'file' | 'folder',
): void {
  const found = place.kindOf?.(pathFrom(place, written));
  if (!place.kindOf || (found !== undefined && (wanted === undefined || found === wanted))) return;
  const text =
    found === undefined
      ? `There is no ${wanted ?? 'file or folder'} ${written.replace(/^file:/, '')}.`
      : `${written} is not a ${wanted}.`;
  sink.tell(node, steps, { code: 'missing-file', text, hint: 'The path is relative to this file.' });
}

function checkEnvironment(root: YamlMap, sink: Sink, place: FilePlace): void {
  const entry = entryOf(root, 'environment');
  if (!entry)
    return sink.tell(root.entries[0]?.key ?? root, [], {
      severity: 'note',
      code: 'missing-field',
      text: 'The job names no environment. Here it runs with the Python of the project; Azure needs one.',
      hint: 'Add a line “environment: azureml:NAME:VERSION”.',
    });
  if (entry.value.kind === 'map') return checkInlineEnvironment(entry.value, sink, place);
  const given = textOf(root, 'environment');
  if (!given) return;
  const { text, node } = given;
  const reference = assetReference(text);
  if (reference?.kind === 'wrong')
    sink.tell(node, ['environment'], {
      code: 'value',
      text: `“${text}” names no environment.`,
      hint: reference.why,
    });
  else if (reference?.kind === 'azure')
    sink.tell(node, ['environment'], {
      severity: 'warning',
      code: 'unsupported',
      text: 'This environment is in Azure; the workspace here does not have it.',
      hint: 'Choose another one when you submit: --environment NAME:VERSION, or --image IMAGE.',
    });
  else if (reference) return;
  else if (isFileOfEnvironment(text)) checkPath(node, text, ['environment'], sink, place, 'file');
  else
    sink.tell(node, ['environment'], {
      code: 'value',
      text: `“${text}” names no environment.`,
      hint: /[\\/]|\.ya?ml$/.test(text)
        ? `Write “file:${text}”.`
        : `Write “azureml:${text}${text.includes(':') || text.includes('@') ? '' : ':VERSION'}”, or “image: ${text}” below “environment:”.`,
    });
}

/** `file:env.yml`; also a path without `file:`, which Azure refuses. */
export function isFileOfEnvironment(text: string): boolean {
  return text.startsWith('file:') || (/\.ya?ml$/i.test(text) && !isAddress(text));
}

/** An environment inside of a job, or a file of its own. */
export function checkInlineEnvironment(
  node: YamlMap,
  sink: Sink,
  place: FilePlace,
  steps: Steps = ['environment'],
): void {
  const image = entryOf(node, 'image');
  const build = entryOf(node, 'build');
  const conda = entryOf(node, 'conda_file');
  if (image && build)
    sink.tell(build.key, [...steps, 'build'], {
      code: 'value',
      text: 'An environment has an image or a build, not both.',
    });
  if (!image && !build)
    sink.tell(node.entries[0]?.key ?? node, steps, {
      code: 'missing-field',
      text: 'The environment has neither an image nor a build.',
      hint: 'Add a line “image: …”, such as python:3.12.',
    });
  if (conda && build)
    sink.tell(conda.key, [...steps, 'conda_file'], {
      severity: 'warning',
      code: 'value',
      text: 'conda_file counts with an image only. A build brings its own packages.',
    });
  const file = textOf(node, 'conda_file');
  if (file) checkPath(file.node, file.text, [...steps, 'conda_file'], sink, place, 'file');
  const context = build ? textOf(build.value, 'path') : undefined;
  if (build && !context && build.value.kind === 'map')
    sink.tell(build.key, [...steps, 'build'], {
      code: 'missing-field',
      text: 'The build has no path.',
      hint: 'Add the folder with the Dockerfile: “path: …”.',
    });
  if (context && !isAddress(context.text)) {
    checkPath(context.node, context.text, [...steps, 'build', 'path'], sink, place, 'folder');
    checkDockerfile(build?.value as YamlMap, context.text, sink, place, steps);
  }
}

function checkDockerfile(build: YamlMap, context: string, sink: Sink, place: FilePlace, steps: Steps): void {
  const given = textOf(build, 'dockerfile_path');
  const name = given?.text ?? 'Dockerfile';
  const folder = pathFrom(place, context);
  if (place.kindOf?.(folder) !== 'folder' || place.kindOf(path.join(folder, name)) === 'file') return;
  sink.tell(
    given?.node ?? (entryOf(build, 'path')?.value as YamlNode),
    [...steps, 'build', given ? 'dockerfile_path' : 'path'],
    {
      code: 'missing-file',
      text: `There is no ${name} in ${context}.`,
    },
  );
}

function checkVariables(root: YamlMap, sink: Sink): void {
  const variables = entryOf(root, 'environment_variables')?.value;
  if (variables?.kind !== 'map') return;
  for (const { key } of variables.entries)
    if (!NAME.test(String(key.value)))
      sink.tell(key, ['environment_variables', String(key.value)], {
        code: 'value',
        text: `“${String(key.value)}” is not a name for an environment variable.`,
      });
}

function checkCompute(root: YamlMap, sink: Sink): void {
  const compute = textOf(root, 'compute');
  if (!compute) return;
  if (compute.text.startsWith('azureml:'))
    sink.tell(compute.node, ['compute'], {
      severity: 'note',
      code: 'inert',
      text: `The compute ${compute.text.slice('azureml:'.length)} is in Azure. Here the job runs on this computer, or where --target says.`,
    });
}

function checkInputs(root: YamlMap, sink: Sink, place: FilePlace): void {
  const inputs = entryOf(root, 'inputs')?.value;
  if (inputs?.kind !== 'map') return;
  for (const { key, value } of inputs.entries) {
    if (value.kind !== 'map') continue;
    const steps = ['inputs', String(key.value)];
    if (entryOf(value, 'value')) continue;
    const given = textOf(value, 'path');
    if (!given) {
      if (!entryOf(value, 'path'))
        sink.tell(key, steps, {
          code: 'missing-field',
          text: `The input “${String(key.value)}” has no path and no value.`,
          hint: 'Add a line “path: …”.',
        });
      continue;
    }
    const at = [...steps, 'path'];
    const reference = assetReference(given.text);
    if (given.text.trim() === '') sink.tell(given.node, at, { code: 'value', text: 'The path is empty.' });
    else if (reference?.kind === 'wrong')
      sink.tell(given.node, at, {
        code: 'value',
        text: `“${given.text}” names no data.`,
        hint: reference.why,
      });
    else if (reference?.kind === 'azure')
      sink.tell(given.node, at, {
        severity: 'warning',
        code: 'unsupported',
        text: 'This data is in Azure; the workspace here does not have it.',
        hint: `Choose other data when you submit: --set ${at.join('.')}=PATH.`,
      });
    else if (reference?.kind === 'asset' && reference.version === undefined && reference.label === undefined)
      sink.tell(given.node, at, {
        severity: 'warning',
        code: 'value',
        text: `“${given.text}” has no version.`,
        hint: `Write ${given.text}:VERSION, or ${given.text}@latest.`,
      });
    else if (!isElsewhere(given.text)) checkPath(given.node, given.text, at, sink, place);
  }
}

function checkResources(root: YamlMap, sink: Sink): void {
  const resources = entryOf(root, 'resources')?.value;
  const shared = textOf(resources, 'shm_size');
  if (shared && bytesOf(shared.text) === undefined)
    sink.tell(shared.node, ['resources', 'shm_size'], {
      code: 'value',
      text: `“${shared.text}” is not a size.`,
      hint: 'Write a number and b, k, m or g, such as 2g.',
    });
  const entry = resources && entryOf(resources, 'docker_args');
  const words = entry && dockerArgs(entry.value);
  if (!entry || words === undefined) return;
  const { problems, inert } = readDockerArgs(words);
  for (const problem of problems)
    sink.tell(entry.value, ['resources', 'docker_args'], { code: 'unsupported', ...problem });
  if (inert.length > 0)
    sink.tell(entry.value, ['resources', 'docker_args'], {
      severity: 'note',
      code: 'inert',
      text: `${inert.join(' and ')} ${inert.length === 1 ? 'has' : 'have'} no effect here.`,
    });
}

/** Undefined when they are of another type. */
export function dockerArgs(value: YamlNode): string | string[] | undefined {
  if (value.kind === 'scalar') return value.type === 'string' ? String(value.value) : undefined;
  if (value.kind === 'map') return undefined;
  return value.items.flatMap((item) =>
    item.kind === 'scalar' && item.type === 'string' ? [String(item.value)] : [],
  );
}

/** `{{name}}` in quotes is valid YAML, and hardly ever meant. In a command it may be of another program. */
function checkPlaceholders(root: YamlMap, sink: Sink): void {
  const command = entryOf(root, 'command')?.value;
  for (const { name, start, end } of placeholdersOf(sink.file.text))
    if (!command || start < command.start || end > command.end)
      sink.tell({ start, end }, [], {
        severity: 'warning',
        code: 'placeholder',
        text: `{{${name}}} looks like a placeholder that is not filled in.`,
      });
}

function textOf(node: YamlNode | undefined, name: string): { text: string; node: YamlScalar } | undefined {
  const value = node && entryOf(node, name)?.value;
  if (value?.kind !== 'scalar' || value.type !== 'string') return undefined;
  return { text: String(value.value), node: value };
}
