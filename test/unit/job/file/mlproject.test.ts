import assert from 'node:assert/strict';
import path from 'node:path';
import { readJobFile } from '../../../../src/job/file/read.js';

const file = path.resolve('/work/project/MLproject');
const TEXT = `
name: wine
conda_env: conda.yaml
entry_points:
  main:
    parameters:
      alpha: { type: float, default: 0.5 }
      l1_ratio: float
      title: { type: string, default: "two words" }
    command: "python train.py {alpha} {l1_ratio} --title {title} {{x}}"
  test:
    command: python test.py
`;
const read = (set: { path: string; value: string }[] = [], entryPoint?: string) =>
  readJobFile(TEXT, { file, ...(entryPoint !== undefined && { entryPoint }) }, set);

describe('an MLproject', () => {
  it('is a job by its entry point', () => {
    const { job, problems } = read([
      { path: 'inputs.l1_ratio', value: '0.1' },
      { path: 'inputs.more', value: '3' },
    ]);
    assert.deepEqual(problems, []);
    assert.equal(
      job?.command,
      "python train.py ${{inputs.alpha}} ${{inputs.l1_ratio}} --title 'two words' {x} --more ${{inputs.more}}",
    );
    assert.deepEqual(job.parameters, { alpha: '0.5', l1_ratio: '0.1', more: '3' });
    assert.equal(job.code, path.dirname(file));
    assert.deepEqual(job.environment, {
      kind: 'inline',
      fields: { conda_file: 'conda.yaml' },
      folder: path.dirname(file),
    });
    assert.equal(read([], 'test').job?.command, 'python test.py');
  });

  it('tells what it lacks', () => {
    assert.deepEqual(
      read().problems.map(({ path: at, text, hint }) => `${at}: ${text} ${hint}`),
      [
        'entry_points.main.parameters.l1_ratio: The parameter “l1_ratio” has no default and no value. Give it one: --set inputs.l1_ratio=VALUE.',
      ],
    );
    assert.match(read([], 'tests').problems[0]?.hint ?? '', /Did you mean “test”/);
  });
});
