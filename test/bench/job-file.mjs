// Reading and checking a job file of 1,000 lines, as an editor does it with every change; beside the YAML library alone.
import { parseDocument } from 'yaml';
import { readJobFile } from '../../src/job/file/read.ts';
import { quantile, spread, time } from './_report.mjs';

const LIMIT_MS = 20;
const many = (count, line) => Array.from({ length: count }, (_, i) => line(i));
const text = [
  'command: >-',
  '  python train.py',
  ...many(240, (i) => `  --p${i} \${{inputs.p${i}}}`),
  'environment: azureml:training:1',
  'inputs:',
  ...many(240, (i) => `  p${i}: ${i / 10}`),
  'environment_variables:',
  ...many(260, (i) => `  V${i}: "value ${i}"`),
  'tags:',
  ...many(254, (i) => `  t${i}: "value ${i}"`),
].join('\n');

const ours = [];
const library = [];
for (let i = 0; i < 60; i++) {
  library.push(await time(() => parseDocument(text)));
  ours.push(
    await time(() => {
      const { job, problems } = readJobFile(text, { file: '/project/job.yml' });
      if (!job) throw new Error(JSON.stringify(problems));
    }),
  );
}
const warm = ours.slice(10);
console.log(`${text.split('\n').length} lines; the first time ${ours[0].toFixed(0)} ms`);
console.log(`read and checked  ${spread(warm)} ms (limit ${LIMIT_MS})`);
console.log(`the library alone ${spread(library.slice(10))} ms`);
if (quantile(warm, 0.5) > LIMIT_MS) process.exitCode = 1;
