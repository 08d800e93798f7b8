import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { pathInCode } from '../../job/code-path.js';
import { programOf } from '../../job/spec.js';
import { readAt } from '../../targets/shared/read-at.js';
import type { EndedStatus } from '../../targets/target.js';
import type { FailureCause } from '../../workspace/types.js';
import { causeOf } from '../failure/cause.js';
import type { JobRecord } from '../store/jobs.js';

/** Bytes from the end of a log in which the cause of a failure is looked for. */
const LOG_BYTES = 256 * 1024;

/** Why an ended job failed. */
export async function failureOf(
  { runId, spec, snapshot }: JobRecord,
  end: EndedStatus,
  log: string,
): Promise<FailureCause> {
  const root = snapshot?.root ?? spec.codeFolder;
  const codeFolder = path.relative(root, realFolder(spec.codeFolder)).replaceAll(path.sep, '/');
  const cwd = path.posix.join(codeFolder, spec.workingFolder);
  const origin = { runId, root, cwd, userHome: os.homedir() };
  return causeOf(await endOf(log), end, {
    pathOf: (named) => pathInCode(named, origin),
    cwd: path.join(root, cwd),
    program: programOf(spec),
  });
}

/** The failure of a job that Trainyard itself caused. */
export function faultOf(error: unknown): FailureCause {
  const hint = TrainyardError.is(error) ? error.hint : undefined;
  return { kind: 'start', headline: messageOf(error), ...(hint !== undefined && { hint }) };
}

/** The folder may be gone since the job was submitted. */
function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return folder;
    throw error;
  }
}

async function endOf(file: string): Promise<string> {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return (await readAt(file, Math.max(0, size - LOG_BYTES), LOG_BYTES)).toString();
}
