import { nameOfEnvironment } from '../job/spec.js';
import path from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge, formatCount, formatValue } from '../base/format.js';
import type { Run } from '../workspace/types.js';
import { facetOf } from '../workspace/facets.js';
import { openWorkspace, referenceTo } from './context.js';
import { failureLines, stateOf } from './failure.js';
import { findRun } from './find-run.js';
import { asShown } from './log-text.js';
import { mainMetrics, print, printJson, runTime, table } from './output.js';
import { resolveCommit } from './repository.js';

interface Json {
  json?: boolean;
}

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('list runs, newest first')
    .option('--experiment <name>', 'only runs of this experiment')
    .option(
      '--filter <filter>',
      'words or conditions, see docs/filters.md, e.g. "metrics.val_accuracy > 0.9 and (params.lr < 0.01 or state = failed)"',
    )
    .option('--commit <rev>', 'only runs whose code is based on this commit')
    .option('--deleted', 'only deleted ones')
    .option('--limit <n>', 'maximum number of runs', limit, 20)
    .option('--json', 'print JSON')
    .action(listRuns);

  const run = program.command('run').description('view or change a run');
  const command = (name: string, what: string) =>
    run
      .command(name)
      .description(what)
      .argument('<id>', 'ID, ID prefix or name')
      .option('--json', 'print JSON');
  command('show', 'show its details').action(showRun);
  command('logs', 'show its log')
    .option('-f, --follow', 'follow the log until the run ends')
    .option('--raw', 'print the raw bytes, without applying carriage returns and cursor movements')
    .action(printLog);
  command('cancel', 'cancel it').action(cancelRun);
  command('keep-outputs', 'register and copy its outputs once more').action(keepOutputs);
  command('delete', 'delete it; it can be restored until the next purge').action(deleteRun);
  command('undelete', 'restore it').action(undeleteRun);
  command('diff', 'show how its code differs')
    .argument('[other]', 'run to compare with; default: the current state of the folder')
    .action(diffRun);
  command('restore', 'write its code to a new folder').argument('<folder>').action(restoreRun);
}

async function listRuns(
  flags: Json & { experiment?: string; filter?: string; commit?: string; deleted?: boolean; limit: number },
) {
  const workspace = await openWorkspace();
  const experiments = await workspace.experiments(undefined, flags.deleted ? 'all' : 'active');
  const wanted = experiments.filter(({ name }) => name === flags.experiment);
  if (flags.experiment !== undefined && wanted.length === 0)
    throw new TrainyardError('NOT_FOUND', `There is no experiment “${flags.experiment}”.`, {
      hint: `Experiments: ${experiments.map(({ name }) => name).join(', ')}.`,
    });
  const page = await workspace.runs({
    ...(wanted.length > 0 && { experimentIds: wanted.map(({ id }) => id) }),
    ...(flags.filter && { filter: flags.filter }),
    ...(flags.commit && { commit: await resolveCommit(flags.commit) }),
    ...(flags.deleted && { lifecycle: 'deleted' }),
    limit: flags.limit,
  });
  if (flags.json) return printJson(page);
  if (page.runs.length === 0 && flags.deleted) return print('No deleted runs.');
  if (page.runs.length === 0) return print('No runs. Start one with: trainyard submit train.py');
  const names = new Map(experiments.map(({ id, name }) => [id, name]));
  const head = ['ID', 'NAME', 'EXPERIMENT', 'STATE', 'AGE', 'TIME', 'COMMIT', 'METRICS'];
  const rows = page.runs.map((run) => [
    run.id.slice(0, 8),
    run.name,
    names.get(run.experimentId) ?? run.experimentId,
    run.state,
    formatAge(run.startTime, Date.now()),
    runTime(run),
    commitOf(run),
    lastColumn(run),
  ]);
  print(table([head, ...rows]));
  if (page.nextPage) print(`… more; see --limit.`);
}

/** The metrics, preceded by the cause for a failed run. */
function lastColumn(run: Run): string {
  const metrics = mainMetrics(run).slice(0, 3);
  const why = run.state === 'failed' ? run.job?.cause?.headline.slice(0, MOST_LISTED) : undefined;
  return [why, ...metrics.map(([key, { value }]) => `${key}=${formatValue(value)}`)]
    .filter(Boolean)
    .join('  ');
}

/** Characters of a cause in a list. */
const MOST_LISTED = 80;

/** The commit the code stands on, with a + when there were edits on top of it. */
function commitOf({ code }: Run): string {
  if (!code?.head) return '-';
  return `${code.head.slice(0, 8)}${code.changedFiles > 0 ? '+' : ''}`;
}

async function showRun(given: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const files = await workspace.files(run.id, '');
  const { parameters = {}, inputs = {} } =
    run.job && workspace.jobs ? await workspace.jobs.spec(run.job.runId) : {};
  if (flags.json) return printJson({ ...run, files, ...(run.job && { parameters }) });
  const facts: string[][] = [
    ['Run', `${run.name} (${run.id})`],
    ...[stateOf(run), ...failureLines(run)].map((line, i) => [i === 0 ? 'State' : '', line]),
    ['Started', `${new Date(run.startTime).toISOString()}, ran ${runTime(run)}`],
  ];
  if (run.job) {
    facts.push(['Command', run.job.command.join(' ')], ['Target', run.job.target]);
    const { environment } = run.job;
    if (environment)
      facts.push([
        environment.kind === 'interpreter' ? 'Interpreter' : 'Environment',
        nameOfEnvironment(environment),
      ]);
    if (run.job.runId !== run.id) facts.push(['Job', run.job.runId]);
    if (run.job.outsideCode) facts.push(['Code not kept', run.job.outsideCode.join(', ')]);
    if (run.job.elsewhere) facts.push(['Also logs to', run.job.elsewhere.join(', ')]);
    if (run.job.exitCode !== null) facts.push(['Exit code', String(run.job.exitCode)]);
  }
  if (run.code) {
    const { head, branch, changedFiles, root, snapshot, torn } = run.code;
    facts.push([
      'Code',
      `${root}, ${head?.slice(0, 12) ?? 'no commit'}${branch ? ` on ${branch}` : ''}, ${changedFiles} ${changedFiles === 1 ? 'file' : 'files'} changed`,
    ]);
    if (snapshot) facts.push(['Snapshot', snapshot]);
    if (torn)
      facts.push(['', 'git changed the folder while the snapshot was taken; it may mix several states']);
  }
  print(table(facts));
  section('Inputs', [
    ...Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    ...Object.entries(inputs).map(([name, { type, path }]) => [name, `${path}  (${type})`]),
  ]);
  section('Params', Object.entries(run.params));
  section(
    'Metrics',
    Object.entries(run.metrics).map(([key, { value, step, count }]) => [
      key,
      `${formatValue(value)}  (step ${formatCount(step)}${count === undefined ? '' : `, ${formatCount(count)} ${count === 1 ? 'point' : 'points'}`})`,
    ]),
  );
  section(
    'Files',
    files.map(({ path: name, isFolder, bytes }) => [
      isFolder ? `${name}/` : name,
      isFolder ? '' : `${bytes} bytes`,
    ]),
  );
}

function section(title: string, rows: string[][]): void {
  if (rows.length > 0)
    print(`\n${title}\n${table(rows.map(([key = '', value = '']) => [`  ${key}`, value]))}`);
}

async function printLog(given: string, flags: Json & { follow?: boolean; raw?: boolean }) {
  const { workspace, run } = await findRun(given);
  const { id } = run;
  const chunks = facetOf(workspace, 'jobs').log(id, { follow: flags.follow ?? false });
  // A real terminal needs no emulation.
  const isAsItIs = flags.raw || (process.stdout.isTTY && !flags.json);
  const parts = isAsItIs ? chunks : asShown(chunks, flags.follow === true);
  const kept: (string | Uint8Array)[] = [];
  for await (const part of parts) {
    if (flags.json) kept.push(part);
    else if (!process.stdout.write(part))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  if (flags.json)
    printJson({ runId: id, log: Buffer.concat(kept.map((part) => Buffer.from(part))).toString() });
}

async function cancelRun(given: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const { id, name } = run;
  await facetOf(workspace, 'jobs').cancel(id);
  if (flags.json) printJson({ runId: id });
  else print(`Cancelling ${name}.`);
}

async function keepOutputs(given: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const problems = await facetOf(workspace, 'jobs').keepOutputs?.(run.id);
  if (problems === undefined)
    throw new TrainyardError('NOT_SUPPORTED', `The workspace “${workspace.label}” keeps no outputs.`);
  if (flags.json) printJson({ runId: run.id, problems });
  else
    print(problems.length === 0 ? `The outputs of ${run.name} are where they belong.` : problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
}

async function deleteRun(given: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const { id, name } = run;
  await facetOf(workspace, 'edit').delete([id]);
  if (flags.json) printJson({ runId: id });
  else
    print(
      `Deleted ${name}. Restore it with: trainyard run undelete ${await referenceTo(workspace, id.slice(0, 12))}`,
    );
}

async function undeleteRun(given: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const { id, name } = run;
  await facetOf(workspace, 'edit').undelete([id]);
  if (flags.json) printJson({ runId: id });
  else print(`Restored ${name}.`);
}

async function diffRun(given: string, other: string | undefined, flags: Json) {
  const { workspace, run } = await findRun(given);
  const { id } = run;
  const code = facetOf(workspace, 'code');
  const second = other === undefined ? undefined : await findRun(other, workspace);
  if (second && second.workspace.id !== workspace.id)
    throw new TrainyardError('BAD_REQUEST', 'The two runs are in different workspaces.', {
      hint: 'Their code can be compared when both are in one.',
    });
  const diff = await code.diff(id, second?.run.id ?? 'folder');
  if (flags.json) printJson(diff);
  else print(diff.files.length === 0 ? 'The code is the same.' : diff.patch.trimEnd());
}

async function restoreRun(given: string, folder: string, flags: Json) {
  const { workspace, run } = await findRun(given);
  const { id, name } = run;
  const destination = path.resolve(folder);
  await facetOf(workspace, 'code').restore(id, destination);
  if (flags.json) printJson({ runId: id, folder: destination });
  else print(`The code of ${name} is in ${destination}.`);
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError('Expected a number from 1 to 1000.');
  return value;
}
