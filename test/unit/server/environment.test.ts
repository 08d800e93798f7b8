import assert from 'node:assert/strict';
import { type JobEnvironment, jobEnvironment } from '../../../src/server/jobs/environment.js';
import { trackingSecrets } from '../../../src/workspace/local/tracking.js';
import { splitEnvironment } from '../../../src/workspace/local/environment.js';

const job: JobEnvironment = {
  baseEnv: { PATH: '/bin', NO_PROXY: 'corp' },
  own: {},
  runId: 'r1',
  experimentId: '7',
  serverUrl: 'http://127.0.0.1:5000',
  outputFolder: '/out',
};

describe('jobEnvironment', () => {
  it('lets the job’s own variables win over the submitter’s', () => {
    const env = jobEnvironment({ ...job, own: { PATH: '/mine', PYTHONUNBUFFERED: '0' } });
    assert.deepEqual([env['PATH'], env['PYTHONUNBUFFERED']], ['/mine', '0']);
  });

  it('ties the process to its run, whatever the job says', () => {
    const env = jobEnvironment({ ...job, own: { MLFLOW_RUN_ID: 'other' } });
    assert.equal(env['MLFLOW_RUN_ID'], 'r1');
    assert.equal(env['MLFLOW_EXPERIMENT_ID'], '7');
    assert.equal(env['MLFLOW_TRACKING_URI'], job.serverUrl);
    assert.equal(env['TRAINYARD_OUTPUT'], '/out');
  });

  it('keeps the tracking server out of the proxy', () => {
    const env = jobEnvironment(job);
    assert.equal(env['NO_PROXY'], 'corp,127.0.0.1,localhost');
    assert.equal(env['no_proxy'], env['NO_PROXY']);
  });

  it('has no token in it', () => {
    assert.ok(!Object.keys(jobEnvironment(job)).some((name) => name in trackingSecrets('t')));
  });
});

describe('splitEnvironment', () => {
  it('keeps what looks like a secret apart, and leaves out what is not the job’s', () => {
    const { baseEnv, secrets } = splitEnvironment({
      PATH: '/bin',
      HF_TOKEN: 't',
      AWS_SECRET_ACCESS_KEY: 'k',
      DB_PASSWORD: 'p',
      VSCODE_PID: '1',
      MLFLOW_TRACKING_TOKEN: 'old',
      NODE_OPTIONS: '--inspect',
      UNSET: undefined,
    });
    assert.deepEqual(baseEnv, { PATH: '/bin' });
    assert.deepEqual(secrets, { HF_TOKEN: 't', AWS_SECRET_ACCESS_KEY: 'k', DB_PASSWORD: 'p' });
  });
});
