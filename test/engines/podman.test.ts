import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { DockerHome } from '../integration/docker/home.js';
import { describeWithEngine } from '../support/engine.js';
import { LOG } from './log.js';
import { OwnEngine } from './own-engine.js';

describeWithEngine('jobs on Podman’s compatible socket', function ({ images }) {
  this.timeout(240_000);
  let engine: OwnEngine;
  let test: DockerHome;
  before(async () => {
    // Networks of the tests only; the mount is that of the tests, too.
    fs.mkdirSync('/etc/cni/net.d', { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/etc/cni/net.d']);
    engine = OwnEngine.podman();
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

  it('are cancelled', async () => {
    const id = await test.script(images.shell, 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done');
    await test.logged(id, 'ready');
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ending(id)).state, 'cancelled');
    await test.assertTidy();
  });
});
