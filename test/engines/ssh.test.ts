import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { Engine } from '../../src/targets/docker/engine.js';
import { DockerTarget } from '../../src/targets/docker/target.js';
import { targetContract } from '../contract/target.js';
import { DockerHome } from '../integration/docker/home.js';
import { describeWithEngine } from '../support/engine.js';
import { until } from '../support/until.js';
import { buildWatcher } from '../support/watcher.js';
import { freePort, Sshd } from './sshd.js';

const TRAIN = `
import os, sys, time
import mlflow
with mlflow.start_run():
    mlflow.log_metric('loss', 0.25, step=7)
    print(open('data.txt').read().strip(), open('ignored/big.txt').read().strip(), open(sys.argv[1]).read().strip())
    os.makedirs('made', exist_ok=True)
    open('made/notes.txt', 'w').write('notes')
    open('data.txt', 'w').write('changed')
    open(os.path.join(os.environ['TRAINYARD_OUTPUT'], 'model.bin'), 'wb').write(b'x' * 1000)
    mlflow.log_text('text', 'note.txt')
    print('logged', flush=True)
    while not os.path.exists('/tmp/go'):
        time.sleep(0.1)
    mlflow.log_metric('late', 1.5)
`;

describeWithEngine('an engine that is reached by ssh', function ({ images }) {
  this.timeout(240_000);
  const sshd = new Sshd();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-ssh-'));
  let test: DockerHome;
  const settings = { parallelJobs: 4, targets: { docker: { host: '' } } };
  before(async () => {
    await sshd.start();
    settings.targets.docker.host = sshd.address();
    test = new DockerHome(new Docker(), sshd.address());
    test.write('.gitignore', 'ignored/\n');
    test.write('ignored/big.txt', 'big');
    test.write('data.txt', 'as submitted');
    test.write('train.py', TRAIN);
  });
  after(async () => {
    await test.close();
    await sshd.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  targetContract(
    'docker, by ssh',
    async (context) => new DockerTarget({ ...context, watcher: await buildWatcher(scratch) }),
    {
      environment: { kind: 'image', image: images.python },
      asks: [
        'python3',
        '-c',
        `import os, urllib.request as r; print(r.urlopen(r.Request(os.environ['MLFLOW_TRACKING_URI'] + '/x',
headers={'Authorization': 'Bearer ' + os.environ['TOKEN']})).read().decode())`,
      ],
      settings,
    },
  );

  const exec = async (id: string, ...Cmd: string[]) => {
    const made = await test.docker.getContainer(`trainyard-${id}`).exec({ Cmd });
    (await made.start({})).resume();
  };

  /** Nobody else reaches what leads to the server: neither this machine nor other containers. */
  const assertClosed = async (id: string) => {
    const { NetworkSettings, Config } = await test.docker.getContainer(`trainyard-${id}`).inspect();
    assert.ok(!Config.Env.some((pair) => /TOKEN|MLFLOW_TRACKING/.test(pair)));
    const { IPAddress = '' } = NetworkSettings.Networks['trainyard'] ?? {};
    assert.match(IPAddress, /^\d/);
    for (const host of ['127.0.0.1', IPAddress]) {
      const ask = `wget -q -T 3 -O - http://${host}:5170/health`;
      const other = await test.docker.createContainer({
        Image: images.shell,
        Cmd: ['sh', '-c', `${ask} || exit 44`],
        HostConfig: { NetworkMode: 'trainyard' },
      });
      await other.start();
      assert.equal(((await other.wait()) as { StatusCode: number }).StatusCode, 44, host);
      await other.remove();
    }
    await assert.rejects(fetch('http://127.0.0.1:5170/health'));
  };

  const train = async () => {
    const data = path.join(test.root, 'table.csv');
    fs.writeFileSync(data, 'a,b');
    return test.start(images.python, ['python', 'train.py', '${{inputs.table}}'], {
      inputs: { table: { type: 'uri_file', path: data } },
    });
  };

  it('gets code and data, logs while it runs, and gives back what the job made', async () => {
    const id = await train();
    await test.logged(id, 'logged');
    await until('the metric', async () => (await test.workspace.run(id)).metrics['loss']?.value === 0.25);
    assert.match(await test.log(id), /^as submitted big a,b$/m);
    const { Mounts } = await test.docker.getContainer(`trainyard-${id}`).inspect();
    assert.deepEqual(Mounts, []);
    await assertClosed(id);
    await exec(id, 'touch', '/tmp/go');
    assert.deepEqual(await test.ending(id), { state: 'finished', exitCode: 0, reason: undefined });
    const { metrics } = await test.workspace.run(id);
    assert.deepEqual([metrics['loss']?.step, metrics['late']?.value], [7, 1.5]);
    assert.deepEqual(await test.outputs(id), ['data.txt', 'made', 'model.bin']);
    // Nothing of the person's was touched.
    assert.equal(fs.readFileSync(path.join(test.project, 'data.txt'), 'utf8'), 'as submitted');
    assert.deepEqual(fs.readdirSync(path.join(test.project, 'ignored')), ['big.txt']);
    await test.assertTidy();
  });

  it('runs jobs that log on when the connection was cut, and when the server was killed', async () => {
    const id = await train();
    await test.logged(id, 'logged');
    await sshd.stop();
    await until(
      'the run to be unreachable',
      async () => (await test.workspace.run(id)).job?.unreachable,
      60_000,
    );
    assert.match(
      (await test.workspace.run(id)).job?.unreachable?.why ?? '',
      /127\.0\.0\.1 was not reached by ssh/,
    );
    await sshd.serve();
    await until(
      'the run to be reached',
      async () => !(await test.workspace.run(id)).job?.unreachable,
      60_000,
    );
    await test.killServer();
    await until('the run to go on', async () => (await test.workspace.run(id)).state === 'running');
    await exec(id, 'touch', '/tmp/go');
    assert.equal((await test.ending(id)).state, 'finished', await test.log(id));
    assert.equal((await test.workspace.run(id)).metrics['late']?.value, 1.5);
    assert.deepEqual(await test.outputs(id), ['data.txt', 'made', 'model.bin']);
  });

  it('says of a job whose image has no Python that it could not log, and keeps the rest', async () => {
    const id = await test.script(
      images.shell,
      'echo "${MLFLOW_TRACKING_URI-none}"; echo x > made.txt; exit 3',
    );
    const { state, exitCode, reason } = await test.ending(id);
    assert.deepEqual([state, exitCode], ['failed', 3]);
    assert.match(reason ?? '', /could not log while it ran: .*its image has no Python/);
    assert.equal(await test.log(id), 'none\n');
    assert.deepEqual(await test.outputs(id), ['made.txt']);
  });

  it('never follows a link that a job left', async () => {
    const victim = path.join(test.root, 'victim');
    fs.mkdirSync(victim);
    fs.symlinkSync(victim, path.join(test.project, 'link'));
    test.git('add', 'link');
    try {
      const id = await test.script(
        images.python,
        'rm link; mkdir link; echo x > link/evil; ln -s /etc/passwd pw',
      );
      assert.equal((await test.ending(id)).state, 'finished', await test.log(id));
      assert.deepEqual(fs.readdirSync(victim), []);
      assert.ok(!(await test.outputs(id)).includes('pw'));
    } finally {
      test.git('rm', '-qf', 'link');
    }
  });

  it('refuses to debug there, before anything is queued', async () => {
    await assert.rejects(
      test.start(images.python, ['python', 'train.py'], { debug: {} }),
      /engine of another machine .* cannot be debugged/,
    );
  });

  it('says what is wrong, and what to do, and never asks', async () => {
    const problem = async (host: string) => {
      const engine = new Engine({ host });
      try {
        await engine.info();
        return assert.fail('it answers');
      } catch (error) {
        const { code, message, hint } = error as { code: string; message: string; hint: string };
        assert.equal(code, 'TARGET_UNREACHABLE');
        return `${message} ${hint}`;
      } finally {
        engine.close();
      }
    };
    assert.match(
      await problem(sshd.address(await freePort())),
      /was not reached by ssh: .*refused.* ssh -p \d+ root@127/,
    );
    sshd.know('known_hosts', 'stranger');
    assert.match(await problem(sshd.address()), /does not let you in by ssh: .*ssh-copy-id.*ssh-add/);
    sshd.know('nobody', 'user');
    assert.match(await problem(sshd.address()), /knows none.* Connect once in a terminal and compare/);
    sshd.know('known_hosts', 'user');
    assert.match(await problem(`${sshd.address()}/nowhere.sock`), /does not answer: .*docker version/);
    assert.match(await problem('ssh://me:secret@h'), /no password/);
    const engine = new Engine({ host: `${sshd.address()}/var/run/docker.sock` });
    assert.match((await engine.info()).title, /^Docker \d/);
    engine.close();
  });
});
