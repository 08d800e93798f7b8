import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import type { JobSpec } from '../../job/spec.js';
import type { JobData, JobOutput } from '../../targets/target.js';

/** The data that a job reads, as its target gets it. @throws BAD_REQUEST for what is no path of this machine | NOT_FOUND */
export function dataOf({ inputs = {} }: JobSpec): JobData[] {
  return Object.entries(inputs).map(([name, { type, path: source }]) => {
    if (!path.isAbsolute(source))
      throw new TrainyardError('BAD_REQUEST', `The input ${name} (${source}) cannot be read here.`, {
        hint: 'Name a file or a folder of this machine.',
      });
    if (!fs.existsSync(source))
      throw new TrainyardError('NOT_FOUND', `The input ${name} is not there: ${source}.`);
    return { name, type, source };
  });
}

/** What a job says that it writes: a folder each, below that of its output. */
export function outputsOf({ outputs = {} }: JobSpec): JobOutput[] {
  return Object.entries(outputs).map(([name, { type }]) => ({
    name,
    variable: `AZURE_ML_OUTPUT_${name}`,
    path: name,
    ...(type === 'uri_file' && { isFile: true }),
  }));
}
