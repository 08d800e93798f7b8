import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { DebugClient } from '../integration/debug/dap.js';
import { DockerHome } from '../integration/docker/home.js';
import { describeWithEngine } from '../support/engine.js';
import { until } from '../support/until.js';
import { LOG } from './log.js';
import { OwnEngine } from './own-engine.js';

const python = process.env['TRAINYARD_TEST_DEBUGPY'];
const ORIGIN = `import importlib.util, json; print(json.dumps({'origin': importlib.util.find_spec('debugpy').origin}))`;

describeWithEngine('jobs on Podman’s compatible socket', function ({ images }) {
  this.timeout(240_000);
  let engine: OwnEngine;
  let test: DockerHome;
  before(async () => {
    // Networks of the tests only; the mount is that of the tests, too.
    fs.mkdirSync('/etc/cni/net.d', { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/etc/cni/net.d']);
    // Room for an image with Python.
    engine = OwnEngine.podman(1500);
    // The usual limits are more than root may set in some machines.
    const settings = path.join(engine.folder, 'containers.conf');
    fs.writeFileSync(settings, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n');
    process.env['CONTAINERS_CONF'] = settings;
    await engine.start();
    await engine.load(images.shell);
    test = new DockerHome(engine.docker, engine.address);
  });
  after(async () => {
    await test.close();
    await engine.close();
    execFileSync('umount', ['/etc/cni/net.d']);
  });

  it('log, write and end as on Docker', async () => {
    const text = `${LOG}echo out; echo err >&2; echo model > "$TRAINYARD_OUTPUT/model.txt"; exit 3`;
    const id = await test.script(images.shell, text);
    assert.deepEqual(await test.ending(id), { state: 'failed', exitCode: 3, reason: undefined });
    assert.equal(await test.log(id), 'out\nerr\n');
    assert.deepEqual(await test.outputs(id), ['model.txt']);
    const { loss } = (await test.workspace.run(id)).metrics;
    assert.deepEqual([loss?.value, loss?.step, loss?.count], [0.25, 7, 1]);
    await test.assertTidy();
  });

  it('let a debugger in, from the start and later', async function () {
    if (!python) return this.skip();
    const { origin } = JSON.parse(execFileSync(python, ['-c', ORIGIN], { encoding: 'utf8' })) as {
      origin: string;
    };
    const debugpy = path.dirname(origin);
    await engine.load(images.python);
    test.write(
      'train.py',
      'import time\nstep = 0\nwhile step < 10**6:\n    step += 1\n    time.sleep(0.02)\n',
    );
    const breakpoints = { [path.join(test.project, 'train.py')]: [4] };
    for (const debug of [{ debugpy }, undefined]) {
      const id = await test.start(images.python, ['python', 'train.py'], debug ? { debug } : {});
      const at = await until(
        'a debugger',
        async () => {
          if (debug) return (await test.workspace.run(id)).job?.debugger;
          const [first] = await test.workspace.jobs.pythons!(id).catch(() => []);
          return first && test.workspace.jobs.debug!(id, { debugpy });
        },
        100_000,
      );
      const client = await DebugClient.connect(at);
      await client.attach({ connect: at }, breakpoints);
      const stop = await client.stopped();
      assert.equal(stop.line, 4);
      assert.match(await client.evaluate('step', stop.frameId), /^\d+$/);
      client.close();
      await test.workspace.jobs.cancel(id);
      assert.equal((await test.ending(id)).state, 'cancelled');
    }
    await test.assertTidy();
  });

  it('are cancelled', async () => {
    const id = await test.script(images.shell, 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done');
    await test.logged(id, 'ready');
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ending(id)).state, 'cancelled');
    await test.assertTidy();
  });
});
