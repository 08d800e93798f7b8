import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { type Peer, startMlflow, withPassword } from '../mlflow/peer.js';
import { hasPython, interpreter } from '../mlflow/python.js';

const CLI = path.resolve(import.meta.dirname, '../../../dist/cli.js');
const SCRIPT = `
import os, mlflow
with mlflow.start_run(run_name="from a job"):
    mlflow.log_param("lr", 0.1)
    mlflow.log_metric("loss", 0.5, step=3)
with open(os.path.join(os.environ["TRAINYARD_OUTPUT"], "result.txt"), "w") as file:
    file.write("done")
names = sorted(name for name in os.environ if name.startswith("MLFLOW_TRACKING_"))
print("known by", *names)
`;

/** An MLflow server that asks for a password, as a person uses it from a terminal. */
(hasPython('server2') ? describe : describe.skip)('an MLflow server on the command line', function () {
  this.timeout(600_000);
  const admin = { user: 'admin', password: 'very-secret-word-1' };
  let server: Peer;
  let test: TestHome;
  let uri: string;

  before(async () => {
    test = new TestHome();
    test.write('train.py', SCRIPT);
    server = await startMlflow(withPassword(admin));
    uri = `http://127.0.0.1:${server.port}`;
  });
  after(async () => {
    await server?.close();
    await test.close();
  });

  const runWith = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, ['--', CLI, ...args], {
      cwd: test.project,
      env: { ...process.env, TRAINYARD_WORKSPACE: '', TRAINYARD_HOME: test.home, ...env },
      encoding: 'utf8',
    });
  const known = { MLFLOW_TRACKING_PASSWORD: admin.password };
  const run = (...args: string[]) => runWith(known, ...args);
  const submit = (...args: string[]) => ['submit', 'train.py', '--python', interpreter('usual'), ...args];

  it('is added', () => {
    const { status, stderr } = run(
      'workspaces',
      'add',
      'Team',
      '--uri',
      uri,
      '--auth',
      'basic',
      '--user',
      'admin',
    );
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('is added with a warning when it cannot be used', () => {
    const wrong = { MLFLOW_TRACKING_PASSWORD: 'not the password' };
    const basic = ['--uri', uri, '--auth', 'basic', '--user', 'admin'];
    const refused = runWith(wrong, 'workspaces', 'add', 'Wrong', ...basic);
    assert.equal(refused.status, 0);
    assert.match(refused.stderr, /^Warning: the workspace cannot be used yet\. \S.*\n$/);
    assert.doesNotMatch(refused.stderr, /not the password/);
    const down = run('workspaces', 'add', 'Down', '--uri', 'http://127.0.0.1:1');
    assert.equal(down.status, 0);
    assert.match(down.stderr, /^Warning: [^]*127\.0\.0\.1/);
    assert.match(run('workspaces').stdout, /Wrong[^]*Down/);
  });

  it('gets what the script of a job logs, and the job keeps its code, its output and its files here', async () => {
    const { status, stdout, stderr } = run(
      ...submit('--log-to', 'team', '--experiment', 'shared', '--wait', '--json'),
    );
    assert.equal(status, 0, stdout + stderr);
    const job = JSON.parse(stdout) as Run;
    const log = await test.log(job.id);
    assert.match(log, /known by MLFLOW_TRACKING_PASSWORD MLFLOW_TRACKING_URI MLFLOW_TRACKING_USERNAME\n/);
    assert.ok(
      job.job?.elsewhere?.every((place) => place.startsWith(uri)),
      String(job.job?.elsewhere),
    );
    assert.match(run('run', 'show', job.id).stdout, new RegExp(`Also logs to +${uri}`));
    assert.deepEqual(
      (await test.workspace.files(job.id, 'outputs')).map((file) => file.path),
      ['outputs/result.txt'],
    );
    assert.ok(job.code);
    const here = (await test.workspace.runs({})).runs.map(({ id, params }) => [id, params]);
    assert.deepEqual(here, [[job.id, {}]], 'nothing of the script is in the workspace of the job');
    assert.deepEqual(filesWith(admin.password), []);
    const spec = await test.workspace.jobs.spec(job.id);
    assert.equal(spec.environmentVariables['MLFLOW_TRACKING_URI'], uri);
    assert.deepEqual(spec.secrets, ['MLFLOW_TRACKING_PASSWORD']);
  });

  it('is read as any other workspace', () => {
    const { runs } = JSON.parse(run('runs', '--workspace', 'team', '--json').stdout) as { runs: Run[] };
    assert.deepEqual(
      runs.map(({ name, state, params }) => ({ name, state, params })),
      [{ name: 'from a job', state: 'finished', params: { lr: '0.1' } }],
    );
    assert.match(run('runs', '--workspace', 'Team').stdout, /from a job/);
    const shown = run('run', 'show', `team/from a job`, '--workspace', 'team');
    assert.equal(shown.status, 0, shown.stderr);
    assert.match(shown.stdout, /from a job/);
    assert.match(shown.stdout, /loss/);
    assert.match(run('experiments', '--workspace', 'team').stdout, /shared/);
  });

  it('is not logged to without its password, or beside another one', () => {
    const without = runWith({ MLFLOW_TRACKING_PASSWORD: '' }, ...submit('--log-to', 'team'));
    assert.equal(without.status, 1);
    assert.match(without.stderr, /password is not known on this computer[^]*TRAINYARD_TEAM_\w+_PASSWORD/);
    const twice = run(...submit('--log-to', 'team', '--env', 'MLFLOW_TRACKING_URI=http://127.0.0.1:9'));
    assert.match(twice.stderr, /variable MLFLOW_TRACKING_URI of its own/);
    assert.match(run(...submit('--log-to', 'local')).stderr, /Jobs cannot log to the workspace “Local”/);
    run('workspaces', 'add', 'Keyed', '--uri', uri, '--auth', 'header', '--header', 'X-Key');
    assert.match(run(...submit('--log-to', 'keyed')).stderr, /cannot send the header X-Key/);
    const { runs } = JSON.parse(run('runs', '--json').stdout) as { runs: Run[] };
    assert.equal(runs.length, 1, 'none of them was submitted');
  });

  /** Of the home. */
  function filesWith(text: string): string[] {
    return fs
      .readdirSync(test.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => fs.readFileSync(file).includes(text));
  }
});
