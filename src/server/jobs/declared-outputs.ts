import type { JobSpec } from '../../job/spec.js';
import type { JobOutput } from '../../targets/target.js';

/** What a job says that it writes: a folder each, below that of its output. */
export function outputsOf({ outputs = {} }: JobSpec): JobOutput[] {
  return Object.entries(outputs).map(([name, { type }]) => ({
    name,
    variable: `AZURE_ML_OUTPUT_${name}`,
    path: name,
    ...(type === 'uri_file' && { isFile: true }),
  }));
}
