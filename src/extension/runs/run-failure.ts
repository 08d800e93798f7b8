import os from 'node:os';
import path from 'node:path';
import type { CodeOrigin } from '../../job/code-path.js';
import type { FailureCause, Run } from '../../workspace/types.js';
import type { CodeLine } from '../../panels/code-line.js';

/** Why a run failed; undefined for one that did not, or that nobody looked at. */
export function failureOf({ state, job }: Pick<Run, 'state' | 'job'>): FailureCause | undefined {
  return state === 'failed' ? job?.cause : undefined;
}

/** Where it failed in the person's code. */
export function failedAt(run: Pick<Run, 'state' | 'job' | 'code'>): CodeLine | undefined {
  const { file, line } = failureOf(run) ?? {};
  return file === undefined || run.code?.snapshot === undefined ? undefined : { file, line: line ?? 1 };
}

export const lineWord = ({ file, line }: CodeLine) => `${file}:${line}`;

/** A file of a run's code in the person's folder, absolute; undefined when nobody knows the folder. */
export function inFolder({ code }: Pick<Run, 'code'>, file: string): string | undefined {
  return code?.root ? path.join(code.root, ...file.split('/')) : undefined;
}

/** The folder of the person that code of the runs came from; undefined when nobody knows any. */
export function rootOf(runs: readonly Pick<Run, 'code'>[]): string | undefined {
  // Of code whose folder is not known it is empty.
  return runs.find(({ code }) => code?.root)?.code?.root;
}

/** The script of a run in the person's folder, absolute; undefined when it has none. */
export function scriptOf(run: Pick<Run, 'code'>): string | undefined {
  return run.code?.script ? inFolder(run, run.code.script) : undefined;
}

/** By which a path that its job printed is found; undefined when no code was kept. */
export function originOf({ id, code, job }: Run): CodeOrigin | undefined {
  if (code?.snapshot === undefined || !job) return undefined;
  return { runId: id, root: code.root, cwd: job.workingFolder, userHome: os.homedir() };
}
