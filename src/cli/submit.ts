import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { readEnvFiles } from '../job/env-file.js';
import type { Override } from '../job/file/overrides.js';
import type { Interpreter } from '../job/interpreter.js';
import type { CommandJob, MetricPattern } from '../job/spec.js';
import { deletedExperimentOf } from '../workspace/deleted-experiment.js';
import { readList } from '../workspace/configuration/file.js';
import { findWorkspace } from '../workspace/configuration/list.js';
import { facetOf } from '../workspace/facets.js';
import { homeOf } from '../workspace/local/launch.js';
import { logTo } from '../workspace/log-to.js';
import type { Run } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { callAbout, openWorkspace, referenceTo, surroundingsOf } from './context.js';
import { type EntryFlags, type Planned, planJob } from './entry.js';
import { failureLines, stateOf } from './failure.js';
import { exitCodeOf, Progress, waitFor } from './follow.js';
import { print, printJson, shellWord } from './output.js';
import { addPair, pairOf } from './pairs.js';
import { textOf } from '../base/text-file.js';

export interface SubmitFlags extends EntryFlags {
  target?: string;
  logTo?: string;
  experiment?: string;
  name?: string;
  env: Record<string, string>;
  secret: string[];
  envFile: string[];
  timeout?: number;
  metric: MetricPattern[];
  largeFiles?: 'include' | 'leave-out';
  watch?: boolean;
  wait?: boolean;
  json?: boolean;
}

export function addSubmit(program: Command): void {
  withJobOptions(program.command('submit'))
    .description('submit a script, a module, a command or a job file with the current code')
    .option('--command', 'run a command: --command -- PROGRAM ARGS')
    .option('--launcher <command>', 'what starts it, such as "torchrun --nproc-per-node 2"')
    .option('--watch', 'show its progress until it ends, then exit with its exit code')
    .option('--wait', 'wait quietly until it ends, then exit with its exit code')
    .option('--json', 'print JSON')
    .action(submit);
}

/** What every way to submit has: what runs, and with what. */
export function withJobOptions(command: Command): Command {
  return command
    .argument('[file]', 'the script, or a job file (.yml, MLproject)')
    .argument('[args...]', 'its arguments, after --')
    .option('-m, --module <name>', 'run a module, as python -m does, in place of a script')
    .option('-c, --code <text>', 'run Python code, as python -c does')
    .option('--target <name>', 'where to run it; default: local, or what a job file says')
    .option(
      '--image <name>',
      'run it in a container of this image, or of one that starts from it; the target must run containers, such as docker',
    )
    .option(
      '--environment <name>',
      'environment to run it in: NAME:VERSION, NAME@latest, or a file such as requirements.txt, uv.lock or environment.yml',
    )
    .option('--entry-point <name>', 'entry point of an MLproject; default: main')
    .option(
      '--set <FIELD=VALUE>',
      'value in place of a job file’s: inputs.lr=0.1; may be repeated',
      addOverride,
      [],
    )
    .option('--log-to <workspace>', 'MLflow tracking server that the script logs to; default: this workspace')
    .option('--experiment <name>', 'experiment; default: the name of the project’s folder')
    .option('--name <name>', 'name of the run')
    .option('--env <K=V>', 'environment variable; may be repeated', addPair, {})
    .option(
      '--secret <K>',
      'variable of this environment to pass without storing it; may be repeated',
      addName,
      [],
    )
    .option('--env-file <file>', 'variables of a .env file, as secrets; may be repeated', addName, [])
    .option('--timeout <seconds>', 'stop it after this time', positive)
    .option('--metric <NAME=REGEX>', 'read a metric from its output; may be repeated', addPattern, [])
    .option(
      '--python <path>',
      'interpreter or environment folder; default: found automatically, see docs/scripts.md',
    )
    .option('--large-files <what>', 'include or leave-out files over the size limit', largeFiles);
}

/** What was submitted, and what became of it. */
export interface Submitted {
  workspace: Workspace;
  run: Run;
  interpreter?: Interpreter;
  /** Sentences for people, the first of which names the run. */
  told: string[];
}

/** @param more parts that the job has besides @throws BAD_REQUEST | NO_INTERPRETER | as `JobsFacet.submit` */
export async function submitJob(
  file: string | undefined,
  rest: string[],
  flags: SubmitFlags,
  more: (planned: Planned) => Promise<Partial<CommandJob>> = async () => ({}),
): Promise<Submitted> {
  const operands = file === undefined ? rest : [file, ...rest];
  const ofFiles = readEnvFiles(
    flags.envFile.map((name) => ({ name, text: textOf(name) })),
    process.env,
  );
  const plan = await planJob(operands, flags, {
    experiment: flags.experiment ?? process.env['MLFLOW_EXPERIMENT_NAME'],
    displayName: flags.name,
    ...(flags.target !== undefined && { target: flags.target }),
    environmentVariables: { ...ofFiles.plain, ...flags.env },
    timeout: flags.timeout,
    ...(flags.metric.length > 0 && { metrics: flags.metric }),
  });
  const { interpreter } = plan;
  const planned = { ...plan.spec, ...(await more(plan)) };
  const logEntry =
    flags.logTo === undefined ? undefined : findWorkspace(await readList(homeOf({})), flags.logTo);
  const { spec, secrets: ofLog } = logEntry
    ? await logTo(planned, flags.secret, logEntry, surroundingsOf(logEntry))
    : { spec: planned, secrets: {} };
  const { validate } = await import('../job/validate.js');
  validate(spec);
  const workspace = await openWorkspace();
  // Options of the call take precedence over a file.
  const secrets = Object.entries(ofFiles.secrets).filter(([name]) => !Object.hasOwn(flags.env, name));
  const options = {
    secrets: { ...Object.fromEntries(secrets), ...readSecrets(flags.secret), ...ofLog },
    largeFiles: flags.largeFiles,
  };
  for (const note of ofFiles.notes) process.stderr.write(`${note}\n`);
  const run = await facetOf(workspace, 'jobs')
    .submit(spec, options)
    .catch(async (error: unknown) => {
      throw await withRestoreHint(error, workspace, spec.experiment);
    });
  const told = [
    `Submitted ${run.name} (${run.id}) to ${spec.target}, experiment ${spec.experiment}`,
    ...(logEntry ? [`The script logs to ${logEntry.name} (${logEntry.uri}).`] : []),
    ...(interpreter ? [`Interpreter: ${interpreter.path} (${interpreter.source})`] : []),
    ...(interpreter?.note ? [interpreter.note] : []),
  ];
  return { workspace, run, told, ...(interpreter && { interpreter }) };
}

async function submit(file: string | undefined, rest: string[], flags: SubmitFlags): Promise<void> {
  const { workspace, run, interpreter, told } = await submitJob(file, rest, flags);
  const waits = flags.watch || flags.wait;
  if (!flags.json) told.forEach(print);
  else if (!waits) printJson({ ...run, interpreter });
  if (!waits) return;

  const reference = await referenceTo(workspace, run.id);
  process.once('SIGINT', () => {
    process.stderr.write(`\n${run.name} keeps running. Cancel it with: trainyard run cancel ${reference}\n`);
    process.exit(130);
  });
  const progress = new Progress();
  const ended = await waitFor(workspace, run.id, (now) => {
    if (flags.watch && !flags.json) progress.show(now);
  });
  if (flags.json) printJson({ ...ended, interpreter });
  else print([`${ended.name} ${stateOf(ended)}`, ...failureLines(ended)].join('\n  '));
  process.exitCode = exitCodeOf(ended);
}

/** The problem can be undone: the hint names the command. */
async function withRestoreHint(error: unknown, workspace: Workspace, experiment: string): Promise<unknown> {
  if (!TrainyardError.is(error, 'CONFLICT') || !deletedExperimentOf(error)) return error;
  return new TrainyardError('CONFLICT', error.message, {
    hint: `Restore it with: ${await callAbout(workspace, `experiments restore ${shellWord(experiment)}`)}\nOr choose another one with --experiment.`,
    details: error.details,
    cause: error,
  });
}

function readSecrets(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = process.env[name];
      if (value === undefined)
        throw new TrainyardError('BAD_REQUEST', `The environment variable ${name} is not set.`);
      return [name, value];
    }),
  );
}

function addPattern(text: string, before: MetricPattern[]): MetricPattern[] {
  const [name, regex] = pairOf(text, 'NAME=REGEX');
  return [...before, { name, regex }];
}

function addOverride(text: string, before: Override[]): Override[] {
  const [path, value] = pairOf(text, 'FIELD=VALUE, such as inputs.lr=0.1');
  return [...before, { path, value }];
}

const addName = (name: string, before: string[]) => [...before, name];

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number greater than 0.');
  return value;
}

function largeFiles(text: string): string {
  if (text !== 'include' && text !== 'leave-out')
    throw new InvalidArgumentError('Expected include or leave-out.');
  return text;
}
