import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { messageOf, TrainyardError } from '../base/errors.js';
import { formatBytes } from '../base/format.js';
import {
  activateWorkspace,
  addWorkspace,
  checkWorkspace,
  holdingsOf,
  removeWorkspace,
  renameWorkspace,
} from '../workspace/configuration/changes.js';
import { readList } from '../workspace/configuration/file.js';
import { findWorkspace, type WorkspaceEntry } from '../workspace/configuration/list.js';
import { homeOf } from '../workspace/local/launch.js';
import { type Holdings, kindOf, type Question, WORKSPACE_KINDS } from '../workspace/registry.js';
import { confirm } from './confirm.js';
import { surroundingsOf } from './context.js';
import { variableFor } from './credentials.js';
import { count, print, printJson, shellWord, table } from './output.js';

interface Json {
  json?: boolean;
}

/** What a kind may ask for, as options of `add`; each kind takes some of them. */
const SETTINGS = {
  uri: ['--uri <uri>', 'address of an MLflow tracking server'],
  home: ['--home <folder>', 'folder of a local workspace; default: one of its own below the home'],
  auth: ['--auth <how>', 'how the server knows you: none, token, basic or header'],
  user: ['--user <name>', 'with --auth basic; default: MLFLOW_TRACKING_USERNAME'],
  header: ['--header <name>', 'with --auth header: its name'],
  ca: ['--ca <file>', 'certificate (PEM) of your own authority'],
  timeout: ['--timeout <seconds>', 'how long to wait for an answer'],
} as const;

type Settings = Partial<Record<keyof typeof SETTINGS, string>>;

export function addWorkspaces(program: Command): void {
  const workspaces = program.command('workspaces').description('list, add, rename or remove workspaces');
  const command = (name: string, what: string) =>
    workspaces.command(name).description(what).option('--json', 'print JSON');

  workspaces
    .command('list', { isDefault: true })
    .description('list them; * marks the one that commands use')
    .option('--json', 'print JSON')
    .action(list);
  const add = command('add', 'add a workspace: a store of its own here, or an MLflow tracking server')
    .argument('<name>', 'what you call it')
    .option(
      '--kind <kind>',
      `${WORKSPACE_KINDS.map(({ kind }) => kind).join(' or ')}; default: mlflow with --uri, else local`,
    );
  for (const [flags, what] of Object.values(SETTINGS)) add.option(flags, what);
  add.action(addOne);
  command('use', 'make it the one that commands and submits use').argument('<workspace>').action(use);
  command('rename', 'give it another name').argument('<workspace>').argument('<name>').action(rename);
  command('remove', 'take it off the list; its runs are kept')
    .argument('<workspace>')
    .option('--yes', 'do not ask for confirmation')
    .action(remove);
}

async function list({ json }: Json): Promise<void> {
  const { active, workspaces } = await readList(homeOf({}));
  const rows = await Promise.all(
    workspaces.map(async (entry) => {
      const home = await folderOf(entry);
      return {
        ...entry,
        label: entry.name,
        active: entry.id === active,
        ...(home !== undefined && { home }),
      };
    }),
  );
  if (json) return printJson({ active, workspaces: rows });
  print(
    table([
      ['', 'NAME', 'KIND', 'ID', 'WHERE'],
      ...rows.map((row) => [
        row.active ? '*' : '',
        row.name,
        row.kind,
        row.id,
        String(row.home ?? row.uri ?? ''),
      ]),
    ]),
  );
}

/** Undefined for a workspace elsewhere, one of a kind that this version does not know, and one that cannot be used. */
async function folderOf(entry: WorkspaceEntry): Promise<string | undefined> {
  try {
    return (await kindOf(entry)).folderOf?.(entry, surroundingsOf(entry));
  } catch (error) {
    // Using it says what is wrong; the others are listed all the same.
    if (TrainyardError.is(error, 'BAD_REQUEST') || TrainyardError.is(error, 'NOT_SUPPORTED'))
      return undefined;
    throw error;
  }
}

async function addOne(name: string, flags: Json & { kind?: string } & Settings): Promise<void> {
  const kind = flags.kind ?? (flags.uri === undefined ? 'local' : 'mlflow');
  const given = settingsOf(flags);
  const questions = WORKSPACE_KINDS.some((known) => known.kind === kind)
    ? (await kindOf({ kind, name })).questions
    : [];
  const settings = answersTo(questions, given, kind);
  const entry = await addWorkspace({ ...settings, name, kind }, surroundingsOf());
  const secret = questions.find((question) => question.input === 'secret' && isAsked(question, settings));
  const variable = secret && variableFor(entry, secret.name);
  await warnOfProblem(entry);
  if (flags.json) return printJson({ ...entry, ...(variable && { variable }) });
  print(`Added ${entry.name} (${entry.id}). Use it with: trainyard workspaces use ${shellWord(entry.name)}`);
  if (secret && variable) print(`${secret.label}: set the variable ${variable}. It is never stored.`);
}

/** It stays in the list: the server may be down, or its secret not be set yet. */
async function warnOfProblem(entry: WorkspaceEntry): Promise<void> {
  try {
    await checkWorkspace(entry, surroundingsOf(entry));
  } catch (error) {
    if (!TrainyardError.is(error)) throw error;
    process.stderr.write(`Warning: the workspace cannot be used yet. ${error.message}\n`);
  }
}

/** The options that were given, files and folders as absolute paths. */
function settingsOf(flags: Settings): Settings {
  const given: Settings = {};
  for (const name of Object.keys(SETTINGS) as (keyof Settings)[]) {
    const value = flags[name];
    if (value !== undefined) given[name] = name === 'home' || name === 'ca' ? path.resolve(value) : value;
  }
  return given;
}

const isAsked = ({ when }: Question, answers: Readonly<Record<string, string>>) => when?.(answers) ?? true;

/**
 * What a kind asks for, from the options.
 * @throws BAD_REQUEST for an option that this kind does not take, one that is wrong, or one that is missing
 */
function answersTo(questions: readonly Question[], given: Settings, kind: string): Record<string, string> {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    if (question.input === 'secret' || !isAsked(question, answers)) continue;
    const { name, optional, input, problemOf } = question;
    const answer = given[name as keyof Settings] ?? defaultOf(question);
    if (answer === undefined && optional) continue;
    const choices = Array.isArray(input) ? input.map(({ value }) => value) : undefined;
    const problem =
      answer === undefined
        ? `A workspace of the kind ${kind} needs --${name}.`
        : choices && !choices.includes(answer)
          ? `--${name} is ${choices.join(', ')}.`
          : problemOf?.(answer);
    if (problem !== undefined)
      throw new TrainyardError('BAD_REQUEST', problem, { hint: 'See: trainyard workspaces add --help' });
    if (answer !== undefined) answers[name] = answer;
  }
  const other = Object.keys(given).find((name) => !Object.hasOwn(answers, name));
  if (other !== undefined && questions.length > 0)
    throw new TrainyardError(
      'BAD_REQUEST',
      `--${other} does not apply to this workspace of the kind ${kind}.`,
      {
        hint: 'See: trainyard workspaces add --help',
      },
    );
  return answers;
}

function defaultOf({ name, input }: Question): string | undefined {
  if (name === 'user') return process.env['MLFLOW_TRACKING_USERNAME'] || undefined;
  return Array.isArray(input) ? input[0]?.value : undefined;
}

async function use(nameOrId: string, { json }: Json): Promise<void> {
  const entry = await activateWorkspace(homeOf({}), nameOrId);
  if (json) printJson(entry);
  else print(`Commands and submits use ${entry.name} now.`);
}

async function rename(nameOrId: string, name: string, { json }: Json): Promise<void> {
  const home = homeOf({});
  const { id, name: before } = findWorkspace(await readList(home), nameOrId);
  await renameWorkspace(home, id, name);
  const entry = findWorkspace(await readList(home), id);
  if (json) printJson(entry);
  else print(`${before} is called ${entry.name} now.`);
}

async function remove(nameOrId: string, { yes, json }: Json & { yes?: boolean }): Promise<void> {
  const entry = findWorkspace(await readList(homeOf({})), nameOrId);
  const surroundings = surroundingsOf(entry);
  const { holdings, problem } = await lookInto(entry);
  const what =
    problem !== undefined
      ? ` It cannot be opened: ${problem}`
      : holdings
        ? ` It has ${spokenOf(holdings)}, which are kept but no longer shown.`
        : ' Its server keeps the runs.';
  if (!yes && !(await confirm(`Remove the workspace “${entry.name}”?${what}`, { json })))
    return print('Nothing was removed.');
  const { folder } = await removeWorkspace(entry.id, surroundings, { isBroken: problem !== undefined });
  if (json)
    return printJson({
      id: entry.id,
      name: entry.name,
      ...(folder !== undefined && { folder }),
      ...(holdings && { holdings }),
    });
  print(
    folder === undefined ? `Removed ${entry.name}.` : `Removed ${entry.name}. What it holds is in ${folder}.`,
  );
  if (folder !== undefined)
    print(`Add it again with: trainyard workspaces add ${shellWord(entry.name)} --home ${shellWord(folder)}`);
}

/** What would go; a workspace that cannot be opened can still be removed. */
async function lookInto(entry: WorkspaceEntry): Promise<{ holdings?: Holdings; problem?: string }> {
  try {
    const holdings = await holdingsOf(entry.id, surroundingsOf(entry));
    return holdings ? { holdings } : {};
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function spokenOf({ runs, models, bytes, activeJobs }: Holdings): string {
  return [
    count(runs, 'run'),
    ...(models > 0 ? [count(models, 'model')] : []),
    ...(activeJobs > 0 ? [count(activeJobs, 'active job')] : []),
    formatBytes(bytes),
  ].join(', ');
}
