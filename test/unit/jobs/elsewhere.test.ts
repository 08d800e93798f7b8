import assert from 'node:assert/strict';
import { elsewhereIn } from '../../../src/server/jobs/elsewhere.js';
import { rankIn } from '../../../src/server/jobs/rank.js';
import { jobOfToken, jobToken } from '../../../src/server/jobs/token.js';

const OURS = ['http://127.0.0.1:5000', 'http://172.18.0.1:6000'];

describe('elsewhereIn', () => {
  for (const [line, address] of [
    [
      '🏃 View run bold-fox-1 at: https://mlflow.example.com/#/experiments/3/runs/ab',
      'https://mlflow.example.com/#/experiments/3/runs/ab',
    ],
    ['🧪 View experiment at: http://10.0.0.1:8080/#/experiments/3', 'http://10.0.0.1:8080/#/experiments/3'],
    [
      '\x1b[34m\x1b[1mwandb\x1b[0m: 🚀 View run at \x1b[34m\x1b[4mhttps://wandb.ai/me/p/runs/x1\x1b[0m',
      'https://wandb.ai/me/p/runs/x1',
    ],
    ['View run x at: https://me:secret@mlflow.example.com/runs/1', 'https://mlflow.example.com/runs/1'],
  ] as const)
    it(`reads ${JSON.stringify(line)}`, () => assert.deepEqual(elsewhereIn([line], OURS), [address]));

  it('names no run of this server, and nothing that is no run', () => {
    const ours = OURS.map((url) => `View run a at: ${url}/#/experiments/0/runs/1`);
    const lines = [...ours, 'see https://example.com', 'view at', ''];
    assert.deepEqual(elsewhereIn(lines, OURS), []);
  });
});

describe('rankIn', () => {
  it('reads what launchers set', () => {
    assert.deepEqual(rankIn({ RANK: '3', WORLD_SIZE: '4', LOCAL_RANK: '1' }), { number: 3, of: 4 });
    assert.deepEqual(rankIn({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' }), { number: 0, of: 2 });
    assert.deepEqual(rankIn({ SLURM_PROCID: '1', SLURM_NTASKS: '2' }), { number: 1, of: 2 });
  });

  it('knows who trains alone', () => {
    for (const env of [
      {},
      { RANK: '0' },
      { RANK: '0', WORLD_SIZE: '1' },
      { RANK: '', WORLD_SIZE: '2' },
      { RANK: 'x', WORLD_SIZE: '2' },
    ])
      assert.equal(rankIn(env), undefined);
  });
});

describe('the token of a job', () => {
  const token = jobToken('secret', 'a1b2');

  it('tells the job', () => assert.equal(jobOfToken('secret', token), 'a1b2'));

  it('is good for that job and that server only', () => {
    const [, signed] = token.split('.');
    for (const other of [`a1b3.${signed}`, `a1b2.${signed?.slice(1)}`, 'a1b2.', 'secret', '', `${token}.x`])
      assert.equal(jobOfToken('secret', other), undefined, other);
    assert.equal(jobOfToken('other', token), undefined);
  });
});
