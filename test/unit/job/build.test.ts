import assert from 'node:assert/strict';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';

const root = path.resolve('/work/project');
const script = path.join(root, 'src', 'train.py');

describe('buildScriptJob', () => {
  it('names the script relative to the code folder, and in the command to the working folder', () => {
    const job = buildScriptJob({
      script,
      codeFolder: root,
      workingFolder: path.join(root, 'src'),
      interpreter: 'python3',
      args: ['--lr', '0.1'],
    });
    assert.equal(job.script, 'src/train.py');
    assert.equal(job.workingFolder, 'src');
    assert.deepEqual(job.command, ['python3', 'train.py', '--lr', '0.1']);
  });

  it('runs in the code folder itself as the empty path', () => {
    const job = buildScriptJob({ script, codeFolder: root, workingFolder: root, interpreter: 'python3' });
    assert.equal(job.workingFolder, '');
    assert.deepEqual(job.command, ['python3', 'src/train.py']);
  });

  it('takes the experiment from the folder unless one is given', () => {
    const job = { script, codeFolder: root, workingFolder: root, interpreter: 'python3' };
    assert.equal(buildScriptJob(job).experiment, 'project');
    assert.equal(buildScriptJob({ ...job, experiment: 'mine' }).experiment, 'mine');
  });
});
