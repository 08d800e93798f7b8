import assert from 'node:assert/strict';
import path from 'node:path';
import { type JobEnvironment, jobEnvironment, jobSecrets } from '../../../src/server/jobs/environment.js';
import { trackingSecrets } from '../../../src/workspace/local/tracking.js';
import { splitEnvironment } from '../../../src/workspace/local/environment.js';

const job: JobEnvironment = {
  baseEnv: { PATH: '/bin', NO_PROXY: 'corp' },
  own: {},
  runId: 'r1',
  serverUrl: 'http://127.0.0.1:5000',
  outputFolder: '/out',
};

describe('jobEnvironment', () => {
  it('lets the job’s own variables win over the submitter’s', () => {
    const env = jobEnvironment({ ...job, own: { PATH: '/mine', PYTHONUNBUFFERED: '0' } });
    assert.deepEqual([env['PATH'], env['PYTHONUNBUFFERED']], ['/mine', '0']);
  });

  it('says where to log, and names no run or experiment that a script would have to keep to', () => {
    const env = jobEnvironment(job);
    assert.equal(env['MLFLOW_TRACKING_URI'], job.serverUrl);
    assert.equal(env['TRAINYARD_RUN_ID'], 'r1');
    assert.equal(env['TRAINYARD_OUTPUT'], '/out');
    assert.deepEqual(
      Object.keys(env).filter((name) => name.startsWith('MLFLOW_')),
      ['MLFLOW_TRACKING_URI'],
    );
  });

  it('lets a job file send the script to another tracking server, without our token', () => {
    const own = { MLFLOW_TRACKING_URI: 'https://mlflow.example.com' };
    assert.equal(jobEnvironment({ ...job, own })['MLFLOW_TRACKING_URI'], 'https://mlflow.example.com');
    assert.deepEqual(jobSecrets(own, 't'), {});
    assert.deepEqual(jobSecrets({}, 't'), trackingSecrets('t'));
  });

  it('keeps the tracking server out of the proxy', () => {
    const env = jobEnvironment(job);
    assert.equal(env['NO_PROXY'], 'corp,127.0.0.1,localhost');
    assert.equal(env['no_proxy'], env['NO_PROXY']);
  });

  it('leads git to no repository: not to that of a hook it was submitted from, nor to one around its folder', () => {
    const hook = {
      GIT_DIR: '.git',
      GIT_WORK_TREE: '/p',
      GIT_INDEX_FILE: '.git/index',
      GIT_PREFIX: '',
      GIT_OBJECT_DIRECTORY: '/o',
      GIT_ALTERNATE_OBJECT_DIRECTORIES: '/o',
      GIT_COMMON_DIR: '.git',
      GIT_NAMESPACE: 'n',
      git_dir: '.git',
      GIT_CONFIG_PARAMETERS: "'a.b=c'",
    };
    const own = { GIT_AUTHOR_NAME: 'me', GIT_CONFIG_GLOBAL: '/g', GIT_CEILING_DIRECTORIES: '/c' };
    const env = jobEnvironment({ ...job, baseEnv: { ...hook, ...own }, ceilings: ['/home', '/parent'] });
    const left = Object.fromEntries(Object.entries(env).filter(([name]) => /^git_/i.test(name)));
    assert.deepEqual(left, {
      ...own,
      GIT_CEILING_DIRECTORIES: ['/home', '/parent', '/c'].join(path.delimiter),
    });
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
