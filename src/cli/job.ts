import process from 'node:process';
import type { Command } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { lineOf, readJobFileAt } from './job-file.js';
import { count, print, printJson } from './output.js';

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
}

async function validate(file: string, flags: Json): Promise<void> {
  const { problems, recognised } = await readJobFileAt(file);
  const { isWrong } = await import('../job/file/problem.js');
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
