import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DockerHome } from '../integration/docker/home.js';
import { describeWithEngine } from '../support/engine.js';
import { fillDisk } from '../support/fill.js';
import { until } from '../support/until.js';
import { OwnEngine } from './own-engine.js';

/** Counts, and says when it is asked to end. */
const COUNT = `trap 'echo asked to end; exit 9' TERM; i=0
while ! test -e "$TRAINYARD_OUTPUT/go"; do i=$((i + 1)); echo $i; sleep 0.1; done
echo done; exit 4`;

/** The lines of its log, but for what busybox' shell says of a process that was asked to end, too. */
const linesOf = (log: string) =>
  log
    .trimEnd()
    .split('\n')
    .filter((line) => line !== 'Terminated');
const upTo = (last: number) => Array.from({ length: last }, (_, i) => String(i + 1));

describeWithEngine('an engine that stops', function ({ images }) {
  this.timeout(240_000);
  let engine: OwnEngine;
  let test: DockerHome;
  const open = async (flags: string[]) => {
    engine = OwnEngine.dockerd(64, flags);
    await engine.start();
    await engine.load(images.shell);
    test = new DockerHome(engine.docker, engine.address);
  };
  afterEach(async () => {
    await test.close();
    await engine.close();
  });

  /** Starts a job, and stops the engine while it counts. @returns the run's id */
  const stopDuringJob = async () => {
    const id = await test.script(images.shell, COUNT);
    await test.logged(id, '5\n');
    await engine.stop();
    return id;
  };
  const letGo = (id: string) => fs.writeFileSync(path.join(test.home, 'jobs', id, 'output', 'go'), '');
  const isUnreachable = async (id: string) => (await test.workspace.run(id)).job?.unreachable;
  const unreachable = (id: string) => until('the run to be unreachable', () => isUnreachable(id), 60_000);

  it('ends its containers, unless it is set up otherwise: their runs say how', async () => {
    await open([]);
    const id = await stopDuringJob();
    await engine.start();
    assert.deepEqual(await test.ending(id), { state: 'failed', exitCode: 9, reason: undefined });
    const lines = linesOf(await test.log(id));
    assert.equal(lines.pop(), 'asked to end');
    assert.deepEqual(lines, upTo(lines.length));
    await test.assertTidy();
  });

  it('leaves a job that goes on unreachable, with a live log, until it is back', async () => {
    await open(['--live-restore']);
    const id = await stopDuringJob();
    assert.match((await unreachable(id)).why, /Docker engine is not running/);
    const during = await test.log(id);
    await sleep(1000);
    assert.equal((await test.workspace.run(id)).state, 'running');
    assert.notEqual(await test.log(id), during);
    await engine.start();
    await until('the run to be reachable', async () => !(await isUnreachable(id)), 60_000);
    letGo(id);
    assert.deepEqual(await test.ending(id), { state: 'failed', exitCode: 4, reason: undefined });
    const lines = linesOf(await test.log(id));
    assert.equal(lines.pop(), 'done');
    assert.deepEqual(lines, upTo(lines.length));
    await test.assertTidy();
  });

  it('tells the end of a job that ended meanwhile when it is back', async () => {
    await open(['--live-restore']);
    const id = await stopDuringJob();
    await unreachable(id);
    letGo(id);
    await test.logged(id, 'done\n');
    await sleep(1000);
    await engine.start();
    const { state, exitCode } = await test.ending(id);
    assert.deepEqual([state, exitCode], ['failed', 4]);
  });

  it('is asked to end a job that was cancelled meanwhile', async () => {
    await open(['--live-restore']);
    const id = await stopDuringJob();
    await unreachable(id);
    await test.workspace.jobs.cancel(id);
    await engine.start();
    assert.equal((await test.ending(id)).state, 'cancelled');
    assert.equal(linesOf(await test.log(id)).at(-1), 'asked to end');
  });

  it('takes no job while it is stopped, and says why; afterwards it does', async () => {
    await open([]);
    await engine.stop();
    await assert.rejects(test.script(images.shell, 'true'), (error: Error) => {
      assert.match(error.message, /Docker engine is not running \(.*api\.sock/);
      return true;
    });
    await engine.start();
    const id = await test.script(images.shell, 'echo again');
    assert.equal((await test.ending(id)).state, 'finished');
    assert.equal(await test.log(id), 'again\n');
  });
});

describeWithEngine('an engine whose disk is full', function ({ images }) {
  this.timeout(240_000);
  let engine: OwnEngine;
  let test: DockerHome;
  before(async () => {
    engine = OwnEngine.dockerd(32);
    await engine.start();
    await engine.load(images.shell);
    test = new DockerHome(engine.docker, engine.address);
  });
  after(async () => {
    await test.close();
    await engine.close();
  });

  const filler = () => path.join(engine.folder, 'filler');

  it('is what a job says that it could not write', async () => {
    const id = await test.script(images.shell, 'dd if=/dev/zero of=/tmp/much bs=1M count=100 || exit 8');
    const { state, exitCode } = await test.ending(id);
    assert.deepEqual([state, exitCode], ['failed', 8]);
    assert.match(await test.log(id), /No space left on device/);
  });

  it('fails a job that it has no room for, with the reason, and takes the next when there is room', async () => {
    fillDisk(filler());
    const id = await test.script(images.shell, 'true');
    const { state, reason } = await test.ending(id);
    assert.equal(state, 'failed');
    assert.match(reason ?? '', /no space left on device/);
    fs.rmSync(filler());
    const next = await test.script(images.shell, 'true');
    assert.equal((await test.ending(next)).state, 'finished');
    await test.assertTidy();
  });
});

/** Runs containers as runc does, with their roots read-only. */
const READ_ONLY_RUNC = `#!/bin/sh
bundle=
for word in "$@"; do
  [ "$previous" != --bundle ] || bundle=$word
  previous=$word
done
[ -z "$bundle" ] || sed -i 's/"root":{/"root":{"readonly":true,/' "$bundle/config.json"
exec runc "$@"
`;

describeWithEngine('an engine whose containers have read-only roots', function ({ images }) {
  this.timeout(240_000);
  let engine: OwnEngine;
  let test: DockerHome;
  before(async () => {
    engine = OwnEngine.dockerd(64, []);
    const runtime = path.join(engine.folder, 'read-only-runc');
    fs.writeFileSync(runtime, READ_ONLY_RUNC, { mode: 0o755 });
    engine.flags.push('--add-runtime', `read-only=${runtime}`, '--default-runtime', 'read-only');
    await engine.start();
    await engine.load(images.shell);
    test = new DockerHome(engine.docker, engine.address);
  });
  after(async () => {
    await test.close();
    await engine.close();
  });

  it('runs jobs, which may write to their home, their output and their code', async () => {
    const text = `touch /tried
      echo h > "$HOME/file" && echo o > "$TRAINYARD_OUTPUT/file" && echo c > made.txt && echo all`;
    const id = await test.script(images.shell, text);
    assert.deepEqual(await test.ending(id), { state: 'finished', exitCode: 0, reason: undefined });
    assert.match(await test.log(id), /^touch: .*Read-only file system\nall\n$/);
    assert.deepEqual(await test.outputs(id), ['file', 'made.txt']);
  });
});
