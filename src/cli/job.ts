import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { hasCode, messageOf, TrainyardError } from '../base/errors.js';
import type { CommandJob } from '../job/spec.js';
import { facetOf } from '../workspace/facets.js';
import { planJob } from './entry.js';
import { findRun } from './find-run.js';
import { count, print, printJson, shellWord } from './output.js';

interface Json {
  json?: boolean;
}

export function addJob(program: Command): void {
  const job = program.command('job').description('work with job files');
  job
    .command('validate')
    .description('check a job file; exits with 1 when it is wrong')
    .argument('<file>')
    .option('--json', 'print JSON')
    .action(validate);
  job
    .command('schema')
    .description('print the JSON schema of a kind of file')
    .argument('<kind>', 'such as command')
    .option('--json', 'print JSON, as without it')
    .action(schema);
  job
    .command('save')
    .description('write the job file of a run, or of a Python script; prints it when no file is named')
    .argument('<run>', 'a run, or a script (.py)')
    .argument('[file]', 'a new file')
    .option('--json', 'print JSON')
    .action(save);
}

async function save(given: string, name: string | undefined, flags: Json): Promise<void> {
  const { spec, notes: ofScript } = /\.py$/i.test(given) ? await ofScriptAt(given) : await ofRun(given);
  const { jobFileOf } = await import('../job/file/save.js');
  const file = path.resolve(name ?? 'job.yml');
  const { text, notes: ofFile } = jobFileOf(spec, file);
  const notes = [...ofScript, ...ofFile];
  if (name !== undefined) writeNew(file, text);
  if (flags.json) printJson({ ...(name !== undefined && { file }), text, notes });
  else if (name === undefined) process.stdout.write(text);
  else print(`Saved as ${name}. Submit it with: trainyard submit ${shellWord(name)}`);
  if (!flags.json) for (const note of notes) process.stderr.write(`${note}\n`);
}

interface Saved {
  spec: CommandJob;
  notes: string[];
}

async function ofRun(given: string): Promise<Saved> {
  const { workspace, run } = await findRun(given);
  return { spec: await facetOf(workspace, 'jobs').spec(run.id), notes: [] };
}

/** Its arguments become inputs. The file names no interpreter: the one of the project is found where it is submitted. */
async function ofScriptAt(name: string): Promise<Saved> {
  const {
    spec: { environment: _, ...spec },
  } = await planJob([name], {}, {});
  const { withArguments } = await import('../job/file/from-script.js');
  return withArguments(spec, fs.readFileSync(name, 'utf8'));
}

/** @throws CONFLICT | BAD_REQUEST */
function writeNew(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    if (hasCode(cause, 'EEXIST'))
      throw new TrainyardError('CONFLICT', `${file} is already there.`, {
        hint: 'Name another file.',
        cause,
      });
    throw new TrainyardError('BAD_REQUEST', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

async function validate(file: string, flags: Json): Promise<void> {
  const { readJobFileAt } = await import('../job/file/plan.js');
  const { problems, recognised } = readJobFileAt(file);
  const { isWrong, lineOf } = await import('../job/file/problem.js');
  if (flags.json) printJson({ file, ...(recognised && { kind: recognised.kind.id }), problems });
  else {
    for (const problem of problems) print(lineOf(file, problem));
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (errors === 0) print(`${file} is a valid ${recognised?.kind.title ?? 'file'}.`);
    else print(`${count(errors, 'error')} in ${file}.`);
  }
  if (isWrong(problems)) process.exitCode = 1;
}

async function schema(id: string): Promise<void> {
  const { KINDS, kindNamed } = await import('../job/file/kinds.js');
  const { published } = await import('../job/file/schema.js');
  const kind = kindNamed(id);
  if (!kind?.schema)
    throw new TrainyardError('BAD_REQUEST', `There is no schema for “${id}”.`, {
      hint: `There are: ${KINDS.flatMap((one) => (one.schema ? one.id : [])).join(', ')}.`,
    });
  printJson(published(kind.schema, `trainyard:${id}`));
}
