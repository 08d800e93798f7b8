import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { EnvironmentVersion, Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';

describe('environments on the command line', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
    test.write('requirements.txt', '# nothing yet\n');
  });
  after(() => test.close());

  const call = (...args: string[]): string => {
    const { stdout, stderr, status } = test.cli(['environment', ...args]);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const json = <T>(...args: string[]): T => JSON.parse(call(...args, '--json')) as T;

  it('says how the first is created', () => {
    assert.match(call('list'), /^No environments\. Create one with: trainyard environment create /);
    assert.match(test.cli(['data', 'list']).stdout, /^No data\. Create some with: trainyard data create /);
  });

  it('takes what a Python has, in exact versions', () => {
    const python = process.env['TRAINYARD_TEST_PYTHON'] ?? assert.fail('TRAINYARD_TEST_PYTHON');
    const made = json<EnvironmentVersion>('create', '--name', 'mine', '--interpreter', python);
    assert.match(made.definition.pip ?? '', /^numpy==\d[\w.]*$/m);
    assert.doesNotMatch(made.definition.pip ?? '', /@ file:/);
    const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
      encoding: 'utf8',
    });
    assert.ok(made.definition.pip?.startsWith(`# Python ${version.trim()}\n`), made.definition.pip);
  });

  it('are for the Python that their first line names', () => {
    test.write('old.txt', '# Python 3.2.1\n');
    call('create', '--name', 'old', '--file', 'old.txt');
    const { status, stderr } = test.cli(['environment', 'build', 'old'], {
      env: { UV_PYTHON_DOWNLOADS: 'never' },
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /3\.2/);
  });

  it('takes the nearest file of the project, or says which there are', () => {
    test.write('near/deep/train.py', '');
    test.write('near/pyproject.toml', '[project]\nname = "x"\ndependencies = ["six>=1"]\n');
    const create = (cwd: string, ...args: string[]) =>
      test.cli(['environment', 'create', ...args, '--json'], { cwd: path.join(test.project, cwd) });
    const made = create('near/deep', '--name', 'near');
    assert.match(made.stderr, /^Reading \.\.\/pyproject\.toml$/m);
    assert.equal((JSON.parse(made.stdout) as EnvironmentVersion).definition.pip, 'six>=1\n');
    test.write('near/environment.yml', 'dependencies: [pip]\n');
    const several = create('near', '--name', 'near');
    assert.equal(several.status, 2);
    assert.match(
      several.stderr,
      /Several files here define an environment: environment\.yml, pyproject\.toml\./,
    );
    const chosen = JSON.parse(
      create('near', '--name', 'near', '--file', 'environment.yml').stdout,
    ) as EnvironmentVersion;
    assert.deepEqual([chosen.version, chosen.definition.conda], ['2', 'dependencies: [pip]\n']);
  });

  it('are files that a job is submitted with, and are kept without a name', async () => {
    test.write('files/requirements.txt', '# nothing, but of its own\n');
    const submit = (...args: string[]) => test.cli(['submit', '--json', ...args]);
    const script = 'files/where.py';
    test.write(script, 'import sys\nprint(sys.prefix)\n');
    const { stdout, stderr } = submit(script, '--environment', 'files/requirements.txt', '--wait');
    const run = JSON.parse(stdout) as Run;
    assert.equal(run.state, 'finished', stderr);
    const { environment } = await test.workspace.jobs.spec(run.id);
    assert.ok(environment?.kind === 'asset' && environment.name === 'anonymous', JSON.stringify(environment));
    assert.ok((await test.log(run.id)).startsWith(path.join(test.home, 'environments')));
    const again = submit(
      script,
      '--environment',
      'files/requirements.txt',
      '--image',
      'none/such:1',
      '--wait',
    );
    const { environment: other } = await test.workspace.jobs.spec((JSON.parse(again.stdout) as Run).id);
    assert.ok(other?.kind === 'asset');
    assert.deepEqual((await test.workspace.environments.get(other.name, other.version)).definition, {
      image: 'none/such:1',
      pip: '# nothing, but of its own\n',
    });
    const wrong = submit(script, '--environment', 'none/requirements.txt');
    assert.match(wrong.stderr, /none\/requirements\.txt cannot be read/);
    assert.match(submit(script, '--environment', 'plain:1', '--image', 'x').stderr, /plain:1 is not a file/);
  });

  it('are pruned when no active job needs them, and are built again', async () => {
    test.write('slow.sh', 'echo here; while [ ! -e "$TRAINYARD_HOME/go" ]; do sleep 0.2; done\n');
    test.write('pruned.txt', '# pruned\n');
    call('create', '--name', 'pruned', '--file', 'pruned.txt');
    call('build', 'pruned');
    const left = async () =>
      ((await test.workspace.jobs.leftovers?.('local')) ?? []).filter(({ label }) =>
        label.includes('pruned:1'),
      );
    const [found] = await left();
    assert.match(found?.label ?? '', /^Environment pruned:1, last used /);
    assert.ok((found?.bytes ?? 0) > 1_000_000, String(found?.bytes));
    const [running] = [
      JSON.parse(
        test.cli(['submit', '--environment', 'pruned:1', '--json', '--command', '--', 'sh', 'slow.sh'])
          .stdout,
      ) as Run,
    ];
    assert.deepEqual(await left(), [], 'a job needs it');
    assert.deepEqual(await test.workspace.jobs.prune?.('local', [found?.id ?? '']), []);
    await test.workspace.jobs.cancel(running.id);
    await test.ended(running.id);
    assert.equal((await left()).length, 1);
    const { builds } = await test.workspace.environments.get('pruned', '1');
    assert.ok(fs.existsSync(builds[0]?.at ?? ''));
    assert.match(
      test.cli(['compute', 'prune', 'local', '--yes']).stdout,
      /Environment pruned:1, last used .*\nRemoved/s,
    );
    assert.ok(!fs.existsSync(builds[0]?.at ?? ''));
    assert.deepEqual(await left(), []);
    assert.match(call('show', 'pruned'), /on local, removed since; built again when needed/);
    assert.equal(json<EnvironmentVersion>('show', 'pruned').builds[0]?.isGone, true);
    call('build', 'pruned');
    assert.match(call('show', 'pruned'), /on local: \//);
    assert.ok(fs.existsSync((await test.workspace.environments.get('pruned', '1')).builds[0]?.at ?? ''));
  });

  it('keeps no passwords of indexes', () => {
    for (const line of [
      '--index-url https://me:secret@pypi.example/simple',
      'x @ git+https://ghp_1@example.org/x',
    ]) {
      test.write('secret.txt', `${line}\n`);
      const { status, stderr } = test.cli(['environment', 'create', '--name', 'no', '--file', 'secret.txt']);
      assert.equal(status, 2);
      assert.match(stderr, /The address of \S+ has a name or a password in it/);
      assert.doesNotMatch(stderr, /secret@|ghp_1/);
    }
  });

  it('says why packages are not compared, and what to do', () => {
    call('create', '--name', 'plain', '--file', 'requirements.txt');
    call('create', '--name', 'image', '--image', 'trainyard-test/none:1');
    const told = call('diff', 'plain:1', 'image');
    assert.match(told, /^pip +# nothing yet +–$/m);
    assert.match(told, /The packages of plain:1 are not known .*trainyard environment build plain:1$/m);
    assert.match(told, /The packages of image:1 are not known /);
    call('build', 'plain');
    assert.doesNotMatch(call('diff', 'plain:1', 'image'), /plain:1 are not known/);
    const locked = json<EnvironmentVersion>('lock', 'plain:1');
    assert.deepEqual([locked.version, locked.description], ['2', 'plain:1 in exact versions.']);
  });
});
