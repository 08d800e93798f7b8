import type { Run } from '../../workspace/types.js';
import { ownTags } from '../runs/own-tags.js';
import type { ComparedRun } from './compare-messages.js';

/** What the comparison shows of a run. */
export function comparedRun(run: Run): ComparedRun {
  const { code, job } = run;
  const facts: [string, string | number | null | undefined][] = [
    ['Commit', code?.head?.slice(0, 12)],
    ['Branch', code?.branch],
    ['Changed files', code?.changedFiles],
    ['Command', job?.command.join(' ')],
    ['Working folder', job?.workingFolder],
    ['Target', job?.target],
    ['Exit code', job?.exitCode],
    ['User', run.user],
  ];
  return {
    id: run.id,
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
    values: Float64Array.from(Object.values(run.metrics), ({ value }) => value),
  };
}
