import assert from 'node:assert/strict';
import path from 'node:path';
import {
  environmentElsewhere,
  environmentHere,
  secretsHere,
  tokenVariables,
} from '../../../src/targets/shared/environment.js';
import type { Job, JobVariables } from '../../../src/targets/target.js';
import { trackingSecrets } from '../../../src/workspace/local/tracking.js';
import { splitInherited } from '../../../src/server/jobs/inherited.js';
import { inheritedEnvironment } from '../../../src/workspace/local/environment.js';

const URL = 'http://127.0.0.1:5000';
const places = { outputs: { TRAINYARD_OUTPUT: '/out' } };

function job(variables: Partial<JobVariables> = {}): Job {
  const inherited = { PATH: '/bin', NO_PROXY: 'corp' };
  return {
    id: 'r1',
    variables: { own: {}, inherited, inheritedInMemory: { DATABASE_URL: 'x' }, ...variables },
    tracking: { url: URL, token: 't' },
  } as unknown as Job;
}

describe('the environment of a job', () => {
  it('lets the job’s own variables win over the submitter’s', () => {
    const env = environmentHere(job({ own: { PATH: '/mine', PYTHONUNBUFFERED: '0' } }), places);
    assert.deepEqual([env['PATH'], env['PYTHONUNBUFFERED']], ['/mine', '0']);
  });

  it('says where to log, and names no run or experiment that a script would have to keep to', () => {
    const env = environmentHere(job(), places);
    assert.equal(env['MLFLOW_TRACKING_URI'], URL);
    assert.equal(env['TRAINYARD_RUN_ID'], 'r1');
    assert.equal(env['TRAINYARD_OUTPUT'], '/out');
    assert.deepEqual(
      Object.keys(env).filter((name) => name.startsWith('MLFLOW_')),
      ['MLFLOW_TRACKING_URI'],
    );
  });

  it('lets a job file send the script to another tracking server, without our token', () => {
    const own = { MLFLOW_TRACKING_URI: 'https://mlflow.example.com' };
    assert.equal(environmentHere(job({ own }), places)['MLFLOW_TRACKING_URI'], 'https://mlflow.example.com');
    assert.deepEqual(tokenVariables(own, 't'), {});
    assert.deepEqual(tokenVariables({}, 't'), trackingSecrets('t'));
  });

  it('keeps the tracking server out of the proxy', () => {
    const env = environmentHere(job(), places);
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
    const env = environmentHere(job({ inherited: { ...hook, ...own } }), {
      ...places,
      ceilings: ['/home', '/parent'],
    });
    const left = Object.fromEntries(Object.entries(env).filter(([name]) => /^git_/i.test(name)));
    assert.deepEqual(left, {
      ...own,
      GIT_CEILING_DIRECTORIES: ['/home', '/parent', '/c'].join(path.delimiter),
    });
  });

  it('has no token in it, and nothing that may be a secret', () => {
    const env = environmentHere(job(), places);
    assert.ok(!Object.keys(env).some((name) => name in trackingSecrets('t') || name === 'DATABASE_URL'));
  });

  it('gets what may be a secret beside it, unless the job sets that itself', () => {
    assert.deepEqual(secretsHere(job(), { KEY: 'k' }), { DATABASE_URL: 'x', KEY: 'k' });
    assert.deepEqual(secretsHere(job({ own: { DATABASE_URL: 'mine' } }), {}), {});
  });

  it('has nothing of the submitter’s shell on another machine, and the address that holds there', () => {
    const own = { SEED: '1' };
    const env = environmentElsewhere(job({ own }), { ...places, trackingUrl: 'http://127.0.0.1:7000' });
    assert.deepEqual(env, {
      PYTHONUNBUFFERED: '1',
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:7000',
      SEED: '1',
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      TRAINYARD_RUN_ID: 'r1',
      TRAINYARD_OUTPUT: '/out',
    });
  });
});

describe('inheritedEnvironment', () => {
  it('leaves out what is the editor’s, the shell’s or another tracking server’s', () => {
    const env = inheritedEnvironment({
      PATH: '/bin',
      VSCODE_PID: '1',
      MLFLOW_TRACKING_TOKEN: 'old',
      MLFLOW_RUN_ID: 'other',
      MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING: 'true',
      NODE_OPTIONS: '--inspect',
      SHLVL: '1',
      UNSET: undefined,
    });
    assert.deepEqual(env, { PATH: '/bin', MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING: 'true' });
  });
});

describe('splitInherited', () => {
  it('writes down what a program needs to start, and how frameworks are set', () => {
    const env = {
      PATH: '/bin',
      HOME: '/home/me',
      LC_ALL: 'C.UTF-8',
      VIRTUAL_ENV: '/venv',
      PYTHONPATH: '/lib',
      CUDA_VISIBLE_DEVICES: '1',
      OMP_NUM_THREADS: '4',
      TOKENIZERS_PARALLELISM: 'false',
      HF_HOME: '/hf',
      SystemRoot: 'C:/Windows',
      https_proxy: 'http://proxy:3128',
    };
    assert.deepEqual(splitInherited(env), { stored: env, inMemory: {} });
  });

  it('keeps anything else in memory, whatever its name', () => {
    const secrets =
      'DATABASE_URL PGPASSWORD AWS_SESSION_TOKEN GH_PAT SENTRY_DSN SLACK_WEBHOOK HF_TOKEN KAGGLE_KEY AUTH STRIPE_SK ' +
      'REDIS_URL MONGO_URI NETRC OPENAI_KEY WANDB_API_KEY TWINE_PASSWORD SMTP_PASS JWT MYSQL_PWD DOCKER_AUTH_CONFIG';
    const env = Object.fromEntries(secrets.split(' ').map((name) => [name, 'x']));
    assert.deepEqual(splitInherited(env), { stored: {}, inMemory: env });
    const proxy = { HTTPS_PROXY: 'http://me:secret@proxy:3128' };
    assert.deepEqual(splitInherited(proxy), { stored: {}, inMemory: proxy });
  });

  it('has what the person calls a secret in neither part', () => {
    const env = { PATH: '/bin', HOME: '/me', DATABASE_URL: 'x' };
    assert.deepEqual(splitInherited(env, ['DATABASE_URL', 'HOME']), {
      stored: { PATH: '/bin' },
      inMemory: {},
    });
  });
});
