import { JOB_FILE_TAG } from '../../job/job-file-name.js';
import { nameOfEnvironment } from '../../job/spec.js';
import { compareNames } from '../../base/order.js';
import { pointsOf } from '../../workspace/metric-summary.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import { machineFacts } from '../runs/machine-facts.js';
import { failedAt, failureOf } from '../runs/run-failure.js';
import { NOTE_TAG, ownTags } from '../runs/own-tags.js';
import { loggedTables } from '../tables/logged-tables.js';
import type { ShownFailure, ShownRun } from '../../panels/run-messages.js';
import { runKey } from '../../workspace/run-ref.js';
import { forPage } from '../../panels/l10n.js';
import { type Facets, keyOf, missingOf } from './panel-workspaces.js';

type Fact = [name: string, value: string | number | null | undefined];

/**
 * What the panel shows of a run.
 * @param can what its workspace can do
 * @param place what its workspace is called, where there are several
 */
export function shownRun(run: Run, experiment: string, can: Facets, place?: string): ShownRun {
  const { code, job, workspace } = run;
  const key = (id: string) => runKey({ workspace, run: id });
  const metrics = Object.entries(run.metrics).sort(
    ([a], [b]) => isOfMachine(a) - isOfMachine(b) || compareNames(a, b),
  );
  const failure = shownFailure(run, can);
  const column = (of: (summary: (typeof metrics)[number][1]) => number) =>
    Float64Array.from(metrics, ([, summary]) => of(summary));
  return {
    id: keyOf(run),
    ...(place !== undefined && { workspace: place }),
    number: run.number,
    name: run.name,
    experiment,
    state: run.state,
    startTime: run.startTime,
    endTime: run.endTime ?? null,
    ...(job?.progress && ACTIVE_STATES.includes(run.state) && { progress: job.progress }),
    isJob: job !== undefined && can.jobs !== undefined,
    ...(failure && { failure }),
    hasCode: code?.snapshot !== undefined && can.code !== undefined,
    canEdit: can.edit !== undefined,
    canRegister: can.registry !== undefined,
    ...(run.parentRunId && { parentRunId: key(run.parentRunId) }),
    ...(job && job.runId !== run.id && job.runId !== run.parentRunId && { jobRunId: key(job.runId) }),
    ...(run.filesElsewhere && { filesElsewhere: run.filesElsewhere }),
    facts: told([
      [forPage('Command'), job?.command.join(' ')],
      [forPage('Script'), job ? undefined : code?.script],
      [forPage('Working folder'), job?.workingFolder],
      [forPage('Job file'), run.tags[JOB_FILE_TAG]],
      [forPage('Exit code'), job?.exitCode],
      [forPage('Reason'), job?.reason],
      [forPage('Also logs to'), job?.elsewhere?.join(', ')],
      [forPage('User'), run.user],
      [forPage('Commit'), code?.head?.slice(0, 12)],
      [forPage('Branch'), code?.branch],
      [forPage('Changed files'), code?.snapshot === undefined ? undefined : code.changedFiles],
      [
        forPage('Code'),
        code?.torn && 'Git changed the folder while the snapshot was taken; it may mix several states',
      ],
      [forPage('Repository'), code?.remote],
      [forPage('Code not kept'), job?.outsideCode?.join(', ')],
      [forPage('Not in this workspace'), lackedBy(can)],
    ]),
    environment: told([
      [forPage('Target'), job?.target],
      [
        !job?.environment || job.environment.kind === 'interpreter'
          ? forPage('Program')
          : forPage('Environment'),
        job?.environment ? nameOfEnvironment(job.environment) : job?.command[0],
      ],
      [forPage('Python'), run.environment?.python],
      ...machineFacts(job?.machine),
    ]),
    ...(job?.environment?.kind === 'asset' && {
      definedEnvironment: { name: job.environment.name, version: job.environment.version },
    }),
    packages: Object.entries(run.environment?.packages ?? {}),
    params: Object.entries(run.params).sort(([a], [b]) => compareNames(a, b)),
    tags: ownTags(run).sort(([a], [b]) => compareNames(a, b)),
    note: run.tags[NOTE_TAG] ?? '',
    metrics: metrics.map(([name]) => name),
    values: column(({ value }) => value),
    mins: column(({ min = NaN }) => min),
    maxs: column(({ max = NaN }) => max),
    steps: column(({ step }) => step),
    counts: column(pointsOf),
    tables: run.filesElsewhere ? [] : loggedTables(run.tags),
    inputs: run.inputs ?? [],
    models: run.models ?? [],
  };
}

/** Why it failed, as panels show it: with the line where the code is kept. */
export function shownFailure(run: Run, can: Pick<Facets, 'code'>): ShownFailure | undefined {
  const { kind, headline, hint } = failureOf(run) ?? {};
  if (kind === undefined || headline === undefined) return undefined;
  const at = can.code && failedAt(run);
  return { kind, headline, ...(hint !== undefined && { hint }), ...(at && { at }) };
}

const LACKED: Record<keyof Facets, string> = {
  edit: 'changes of runs',
  code: 'code of runs',
  jobs: 'jobs',
  registry: 'registered models',
};

/** What a person may look for in vain, e.g. `code of runs, jobs`. */
function lackedBy(can: Facets): string {
  return missingOf(can)
    .map((facet) => LACKED[facet])
    .join(', ');
}

const isOfMachine = (name: string) => Number(name.startsWith('system/'));

function told(facts: readonly Fact[]): [string, string][] {
  return facts.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
}
