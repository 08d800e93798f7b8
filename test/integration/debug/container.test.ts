import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { AttachConfiguration } from '../../../src/job/debug.js';
import type { Run } from '../../../src/workspace/types.js';
import { BEAT } from '../../../src/targets/docker/watch.js';
import { describeWithEngine } from '../../support/engine.js';
import { until } from '../../support/until.js';
import { DockerHome } from '../docker/home.js';
import { DebugClient } from './dap.js';

const python = process.env['TRAINYARD_TEST_DEBUGPY'];

type Debugged = Run & { configuration: AttachConfiguration };

/** Line 4 is the one to stop at. */
const SCRIPT = `import sys
from pkg.model import area
side = int(sys.argv[1])
total = side + 1
print('total', total, area(side))
`;

describeWithEngine('a job in a container under a debugger', function ({ address, images }) {
  this.timeout(180_000);
  let test: DockerHome;

  before(async function () {
    if (!python) return this.skip();
    test = new DockerHome(undefined, address);
    test.write('train.py', SCRIPT);
    test.write('pkg/__init__.py', '');
    test.write('pkg/model.py', 'def area(side):\n    square = side * side\n    return square\n');
    await test.workspace.changeSettings({ grace: 1, targets: { docker: { host: address } } });
  });
  after(() => test?.close());

  const at = (name: string) => path.join(test.project, name);
  // The image has no debugpy: it comes from this interpreter, of another version than the image's.
  const env = { VIRTUAL_ENV: path.dirname(path.dirname(python ?? '')) };
  const call = (args: string[]) =>
    test.cli(['debug', '--target', 'docker', '--image', images.python, ...args], { env });
  function debug(args: string[]): Debugged {
    const { stdout, stderr } = call(['--json', ...args]);
    assert.ok(stdout, stderr);
    return JSON.parse(stdout) as Debugged;
  }

  it('stops at breakpoints of the person’s folder and goes on', async () => {
    const run = debug(['train.py', '--', '6']);
    const { configuration } = run;
    assert.deepEqual(configuration.connect, { host: '127.0.0.1', port: run.job?.debugger?.port });
    const client = await DebugClient.connect(configuration.connect);
    await client.attach(configuration, { [at('train.py')]: [4], [at('pkg/model.py')]: [3] });
    const first = await client.stopped();
    assert.deepEqual([first.file, first.line], [at('train.py'), 4]);
    assert.equal(await client.evaluate('side', first.frameId), '6');
    // It is in the container that it stands.
    assert.equal(await client.evaluate("__import__('os').path.exists('/.dockerenv')", first.frameId), 'True');
    await client.request('continue', { threadId: first.threadId });
    const second = await client.stopped();
    assert.deepEqual([second.file, second.line], [at('pkg/model.py'), 3]);
    assert.equal(await client.evaluate('square', second.frameId), '36');
    await client.request('continue', { threadId: second.threadId });
    const ended = await test.ended(run.id, 100);
    assert.equal(ended.state, 'finished', await test.log(run.id));
    assert.equal(ended.job?.debugger, undefined);
    assert.equal(await test.log(run.id), 'total 7 36\n');
    client.close();
  });

  it('needs no network, and listens on loopback of this machine and of the container only', async () => {
    const id = await test.start(images.python, ['python', 'train.py', '6'], {
      network: 'off',
      debug: { debugpy: debugpyOf(python ?? '') },
    });
    const listening = await until(
      'it to wait',
      async () => (await test.workspace.run(id)).job?.debugger,
      100_000,
    );
    assert.equal(listening.host, '127.0.0.1');
    const container = `trainyard-${id}`;
    const { HostConfig, NetworkSettings } = await test.docker.getContainer(container).inspect();
    assert.deepEqual(HostConfig.PortBindings ?? {}, {});
    const there = Object.values(NetworkSettings.Networks).map((network) => network.IPAddress);
    const told = JSON.parse(
      fs.readFileSync(path.join(test.home, 'jobs', id, 'python', 'debugger.json'), 'utf8'),
    ) as { port: number };
    for (const host of there)
      await assert.rejects(DebugClient.connect({ host, port: told.port }), /ECONNREFUSED/);
    const client = await DebugClient.connect(listening);
    await client.attach({ connect: listening }, {});
    assert.equal((await test.ended(id, 100)).state, 'finished', await test.log(id));
    client.close();
  });

  it('can be cancelled while it waits, and leaves no port behind', async () => {
    const run = debug(['train.py', '--', '6']);
    await test.workspace.jobs.cancel(run.id);
    assert.equal((await test.ended(run.id, 100)).state, 'cancelled');
    await until('the port to close', () =>
      DebugClient.connect(run.configuration.connect).then(
        (client) => (client.close(), false),
        (error: Error) => /ECONNREFUSED/.test(String(error)),
      ),
    );
  });

  it('goes on with its editor when the server is killed', async () => {
    const run = debug(['train.py', '--', '6']);
    const client = await DebugClient.connect(run.configuration.connect);
    await client.attach(run.configuration, { [at('train.py')]: [4] });
    const stop = await client.stopped();
    await test.killServer();
    assert.equal(await client.evaluate('side', stop.frameId), '6');
    const again = await test.workspace.run(run.id);
    assert.deepEqual(again.job?.debugger, { ...run.job?.debugger, waits: false });
    await client.request('continue', { threadId: stop.threadId });
    assert.equal((await test.ended(run.id, 100)).state, 'finished', await test.log(run.id));
    client.close();
  });

  it('can be attached to again at the same port when the watcher was killed', async () => {
    const run = debug(['train.py', '--', '6']);
    const watch = path.join(test.home, 'docker', 'watch');
    const [name = ''] = fs.readdirSync(watch);
    const beat = JSON.parse(fs.readFileSync(path.join(watch, name, BEAT), 'utf8')) as { pid: number };
    process.kill(beat.pid, 'SIGKILL');
    const client = await until(
      'the port to open again',
      () => DebugClient.connect(run.configuration.connect).catch(() => undefined),
      60_000,
    );
    await client.attach(run.configuration, { [at('train.py')]: [4] });
    const stop = await client.stopped();
    await client.request('continue', { threadId: stop.threadId });
    assert.equal((await test.ended(run.id, 100)).state, 'finished', await test.log(run.id));
    client.close();
  });

  it('ends at its time limit while it waits', async () => {
    const id = await test.start(images.python, ['python', 'train.py', '6'], {
      debug: { debugpy: debugpyOf(python ?? '') },
      timeout: 4,
    });
    assert.equal((await test.ended(id, 100)).job?.cause?.kind, 'timeout');
  });

  it('says that neither the image nor this machine has debugpy', async () => {
    const id = await test.start(images.python, ['python', 'train.py', '6'], { debug: {} });
    const { state, job } = await test.ended(id, 100);
    assert.equal(state, 'failed');
    assert.match(job?.cause?.headline ?? '', /^The Python of the job \(3\.\d+\.\d+\) has no debugpy\.$/);
    assert.match(job?.cause?.hint ?? '', /pip install debugpy/);
  });

  it('is refused in an image without Python', async () => {
    const id = test.start(images.shell, ['python', 'train.py'], { debug: {} });
    await assert.rejects(id, /has no program “python”, so nothing can be debugged in it/);
    await test.assertTidy();
  });

  it('has a shell, and is kept when it fails', async () => {
    await test.workspace.changeSettings({ targets: { docker: { host: address, keepFailed: true } } });
    test.write('fail.py', "print('failing')\nraise SystemExit(3)\n");
    const run = debug(['fail.py']);
    const shell = await test.workspace.jobs.shell!(run.id);
    assert.deepEqual(shell.command.slice(0, 2), ['docker', 'exec']);
    const [program = '', ...words] = shell.command.filter((word) => word !== '-it');
    const said = execFileSync(program, [...words, '-c', 'pwd'], {
      encoding: 'utf8',
      env: { ...process.env, ...shell.env },
    });
    assert.equal(said.trim(), test.project);
    const client = await DebugClient.connect(run.configuration.connect);
    await client.attach(run.configuration, {});
    assert.equal((await test.ended(run.id, 100)).job?.exitCode, 3, await test.log(run.id));
    client.close();
    const kept = await test.containers();
    assert.deepEqual(
      kept.map(({ Names }) => Names[0]),
      [`/trainyard-${run.id}`],
    );
    const copy = await test.workspace.jobs.shell!(run.id);
    assert.deepEqual(copy.command.slice(0, 2), ['docker', 'run']);
  });
});

function debugpyOf(interpreter: string): string {
  const where = 'import debugpy, os; print(os.path.dirname(debugpy.__file__))';
  return execFileSync(interpreter, ['-c', where], { encoding: 'utf8' }).trim();
}
