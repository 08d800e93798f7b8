/** Reads job files. It brings the YAML parser, so it is loaded when used: `await import('…/job/file/read.js')`. */
import { buildJobFile } from './command/build.js';
import type { JobFile } from './command/job-file.js';
import { COMMAND_JOB } from './command/schema.js';
import { type FileKind, type FilePlace, isJobKind, recognise, type Recognised, schemaOf } from './kinds.js';
import { withArticle } from '../problems.js';
import { entryPointOf, MAIN } from './mlproject.js';
import { type Override, overridden } from './overrides.js';
import { type FileProblem, isWrong } from './problem.js';
import { checkShape, entryOf } from './shape.js';
import { Sink } from './sink.js';
import { type YamlFile, readYaml } from './yaml.js';

export type { JobFile } from './command/job-file.js';
export type { FilePlace } from './kinds.js';
export type { FileProblem } from './problem.js';

export interface JobFileReading {
  /** Absent when nothing says what the file is. */
  readonly recognised?: Recognised;
  /** Absent when a problem is an error, and for kinds of files that are no command job. */
  readonly job?: JobFile;
  /** In the order of the file. */
  readonly problems: readonly FileProblem[];
  readonly yaml: YamlFile;
}

/** Any file of Azure’s. Never throws: what is wrong is among the problems. @param set values that take the place of the file’s */
export function readJobFile(text: string, place: FilePlace, set: readonly Override[] = []): JobFileReading {
  const written = readYaml(text);
  const { file: yaml, problems: unset } = overridden(written, set);
  const sink = new Sink(yaml);
  for (const { start, end, ...problem } of written.problems) sink.tell({ start, end }, [], problem);
  for (const problem of unset) sink.tell({ start: 0, end: 0 }, problem.steps, { code: 'value', ...problem });
  const recognised = recognise(yaml);
  // What a parser makes of the rest of a broken file is told when the file can be read.
  if (!isWrong(sink.problems)) check(yaml, recognised, sink, place);
  const job = isWrong(sink.problems) ? undefined : jobOf(yaml, recognised, sink, place);
  return { ...(recognised && { recognised }), ...(job && { job }), problems: inOrder(sink.problems), yaml };
}

function jobOf(
  { root }: YamlFile,
  recognised: Recognised | undefined,
  sink: Sink,
  place: FilePlace,
): JobFile | undefined {
  if (root?.kind !== 'map') return undefined;
  if (recognised?.kind.id === 'command') return buildJobFile(root, place);
  return recognised?.kind.id === 'mlproject'
    ? entryPointOf(root, place.entryPoint ?? MAIN, sink, place)
    : undefined;
}

function check(yaml: YamlFile, recognised: Recognised | undefined, sink: Sink, place: FilePlace): void {
  const { root } = yaml;
  const start = { start: 0, end: 0 };
  if (!root) return sink.tell(start, [], { code: 'unknown-file', text: 'The file is empty.' });
  if (root.kind !== 'map')
    return sink.tell(root, [], { code: 'unknown-file', text: 'The file must hold “name: value” lines.' });
  const first = root.entries[0]?.key ?? root;
  if (!recognised)
    return sink.tell(first, [], {
      code: 'unknown-file',
      text: 'This is not a job file: it has no command.',
      hint: `Begin it with “$schema: ${COMMAND_JOB}”.`,
    });
  const { kind, by } = recognised;
  tellOtherSchema(yaml, recognised, sink);
  const schema = schemaOf(kind);
  // Its entry points are read as jobs.
  if (kind.id === 'mlproject') return;
  if (!schema)
    return sink.tell(entryOf(root, by === 'type' ? 'type' : '$schema')?.value ?? first, [], {
      severity: 'warning',
      code: 'not-run-here',
      text: isJobKind(kind)
        ? `This file is ${withArticle(kind.title)}. Jobs of this kind are not run here yet.`
        : `This file is ${withArticle(kind.title)}, not a job.`,
    });
  checkShape(root, schema, sink);
  kind.check?.(yaml, root, sink, place);
}

/** `type` counts; a `$schema` of another kind misleads editors. */
function tellOtherSchema(yaml: YamlFile, { kind, by }: Recognised, sink: Sink): void {
  const schema = yaml.root && entryOf(yaml.root, '$schema');
  if (by !== 'type' || !schema) return;
  sink.tell(schema.value, ['$schema'], {
    severity: 'warning',
    code: 'value',
    text: `The file says that it is ${withArticle(kind.title)} by its type, and something else by its $schema. The type counts.`,
  });
}

/** Reads a file of one kind, whatever it says that it is. Never throws. */
export function readFileOfKind(
  kind: FileKind,
  text: string,
  place: FilePlace,
): { problems: FileProblem[]; yaml: YamlFile } {
  const yaml = readYaml(text);
  const sink = new Sink(yaml);
  for (const { start, end, ...problem } of yaml.problems) sink.tell({ start, end }, [], problem);
  if (!isWrong(sink.problems)) check(yaml, { kind, by: 'schema' }, sink, place);
  return { problems: inOrder(sink.problems), yaml };
}

function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  return [...problems].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column,
  );
}
