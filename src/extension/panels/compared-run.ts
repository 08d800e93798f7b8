import { nameOfEnvironment } from '../../job/spec.js';
import type { Run } from '../../workspace/types.js';
import { machineFacts } from '../runs/machine-facts.js';
import { ownTags } from '../runs/own-tags.js';
import { pointsOf } from '../../workspace/metric-summary.js';
import { keyOf } from './panel-workspaces.js';
import { forPage } from '../../panels/l10n.js';
import type { ComparedRun, RunDetails } from '../../panels/compare-messages.js';

/** What the comparison shows of a run. @param place what its workspace is called, where there are several */
export function comparedRun(run: Run, place?: string): ComparedRun {
  const { code, job, tags } = run;
  const facts: [string, string | number | null | undefined][] = [
    [forPage('Commit'), code?.head?.slice(0, 12)],
    [forPage('Branch'), code?.branch],
    [forPage('Repository'), code?.remote],
    [forPage('Changed files'), code?.changedFiles],
    [forPage('Script'), code?.script ?? tags['mlflow.source.name']],
    [forPage('Command'), job?.command.join(' ')],
    [
      job?.environment?.kind === 'interpreter' ? forPage('Interpreter') : forPage('Environment'),
      job?.environment && nameOfEnvironment(job.environment),
    ],
    [forPage('Entry point'), tags['mlflow.project.entryPoint']],
    [forPage('Working folder'), job?.workingFolder],
    [forPage('Target'), job?.target],
    ...machineFacts(job?.machine),
    [forPage('Image'), tags['mlflow.docker.image.uri']],
    [forPage('Exit code'), job?.exitCode],
    [forPage('Failure'), job?.cause?.headline],
    [forPage('Reason'), job?.reason],
    [forPage('User'), run.user],
  ];
  const summaries = Object.values(run.metrics);
  return {
    id: keyOf(run),
    ...(place !== undefined && { workspace: place }),
    number: run.number,
    name: run.name,
    state: run.state,
    startTime: run.startTime,
    duration: run.endTime === undefined ? null : run.endTime - run.startTime,
    facts: facts.flatMap(([name, value]): [string, string][] =>
      value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
    ),
    params: run.params,
    tags: Object.fromEntries(ownTags(run)),
    metrics: Object.keys(run.metrics),
    values: Float64Array.from(summaries, ({ value }) => value),
    counts: Float64Array.from(summaries, pointsOf),
  };
}

/** Metrics with a curve, of two points or more, that is not the same in all of these runs as far as their shape says. */
export function differingCurves(runs: readonly Run[]): string[] {
  const shape = (run: Run, key: string) => {
    const summary = run.metrics[key];
    return summary && [summary.count, summary.value, summary.step, summary.min, summary.max].join(' ');
  };
  const keys = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...keys].filter(
    (key) =>
      runs.some(({ metrics }) => metrics[key] !== undefined && pointsOf(metrics[key]) > 1) &&
      runs.some((run) => shape(run, key) !== shape(runs[0]!, key)),
  );
}

/** What a run that was read alone says of its data and its packages. */
export function detailsOf({ inputs = [], models = [], environment }: Run): RunDetails {
  const details: RunDetails = {
    data: {},
    sources: {},
    models: {},
    environment: { ...(environment?.python && { Python: environment.python }), ...environment?.packages },
  };
  // Two versions of one name in one run stand in one place.
  const add = (to: Record<string, string>, name: string, value: string) => {
    to[name] = name in to ? `${to[name]}, ${value}` : value;
  };
  for (const { name, context, digest, sourceType, source } of inputs) {
    const title = context ? `${name} (${context})` : name;
    add(details.data, title, digest);
    add(details.sources, title, placeOf(source) ?? sourceType);
  }
  for (const { role, name } of models) add(details.models, role, name);
  return details;
}

/** The address in a dataset's source: JSON with `uri`, `url` or `path`, or plain text. Undefined when it has none. */
function placeOf(source: string): string | undefined {
  if (!source.startsWith('{')) return source;
  const [, , place] = /"(uri|url|path|table_name)":\s*"((?:[^"\\]|\\.)*)"/.exec(source) ?? [];
  return place === undefined ? undefined : (JSON.parse(`"${place}"`) as string);
}
