import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, TrainyardError } from '../../../src/base/errors.js';
import { identityOf } from '../../../src/targets/process/identity.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

describe('jobs', () => {
  let test: TestHome;

  before(async () => {
    test = new TestHome();
    await test.workspace.changeSettings({ grace: 1, parallelJobs: 2 });
  });
  after(() => test.close());

  const running = (id: string) =>
    until('the job to run', async () => (await test.workspace.run(id)).state === 'running');
  const isAlive = (pid: number) => fs.existsSync(`/proc/${pid}`);

  it('end as their exit code says, with both streams in order and carriage returns kept', async () => {
    const { id } = await test.submit('printf "a\\rb\\n"; echo err >&2; echo out; exit 3\n');
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.equal(run.job?.exitCode, 3);
    assert.equal(await test.log(id), 'a\rb\nerr\nout\n');
    const fine = await test.submit('true\n');
    assert.equal((await test.ended(fine.id)).state, 'finished');
  });

  it('run the code as it was at submit, with what git ignores linked in', async () => {
    test.write('.gitignore', 'data/\n');
    test.write('data/x.txt', 'ignored data');
    test.write('code.txt', 'at submit');
    const run = await test.submit('sleep 1; cat code.txt data/x.txt\n');
    test.write('code.txt', 'edited since');
    await test.ended(run.id);
    assert.equal(await test.log(run.id), 'at submitignored data');
    assert.equal(Buffer.from(await test.workspace.code.read(run.id, 'code.txt')).toString(), 'at submit');
  });

  it('give what they wrote as files', async () => {
    const { id } = await test.submit('echo m > model.bin; echo r > "$TRAINYARD_OUTPUT/report.txt"\n');
    await test.ended(id);
    const names = (await test.workspace.files(id, 'outputs')).map((file) => file.path);
    assert.deepEqual(names.sort(), ['outputs/model.bin', 'outputs/report.txt']);
  });

  it('are cancelled with all their children, also those that do not listen', async () => {
    const { id } = await test.submit(
      'trap "" TERM; (trap "" TERM; sleep 60) & echo $!; while :; do sleep 1; done\n',
    );
    const child = await until('the pid of the child', async () => Number(await test.log(id)) || undefined);
    await test.workspace.jobs.cancel(id);
    const run = await test.ended(id);
    assert.equal(run.state, 'cancelled');
    await until('the end of the child', async () => (await identityOf(child)) === undefined);
  });

  it('end at their timeout, and say so', async () => {
    const { id } = await test.submit('sleep 60\n', { timeout: 1 });
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /longer than its limit/);
  });

  // Workers of torchrun make sessions of their own.
  for (const [how, last, options] of [
    ['at their timeout', 'sleep 60', { timeout: 1 }],
    ['by a signal', 'kill -9 $$', {}],
  ] as const)
    it(`leave no process behind when they end ${how}, in whatever session it is`, async function () {
      if (process.platform !== 'linux') this.skip();
      const stubborn = `setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & echo $!`;
      const { id } = await test.submit(
        `${stubborn}\nsetsid sleep 60 & echo $!\nsleep 0.5\n${last}\n`,
        options,
      );
      assert.equal((await test.ended(id)).state, 'failed');
      const left = (await test.log(id)).split('\n').filter((line) => /^\d+$/.test(line));
      assert.equal(left.length, 2);
      for (const pid of left) assert.equal(await identityOf(Number(pid)), undefined);
    });

  it('leave running what they started in a session of its own when they end by themselves', async function () {
    if (process.platform !== 'linux') this.skip();
    const { id } = await test.submit('setsid sleep 61 & echo $!\nsleep 0.5\n');
    await test.ended(id);
    const left = Number(await test.log(id));
    assert.ok(await identityOf(left));
    process.kill(left, 'SIGKILL');
  });

  it('fail with a reason when their program is not there', async () => {
    const { id } = await test.submit('true\n', { program: '/no/such/program' });
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /was not found/);
  });

  it('go on when the server is killed, and end right with the next one', async () => {
    const { id } = await test.submit('for i in 1 2 3 4; do echo $i; sleep 0.5; done; exit 7\n');
    await running(id);
    await test.killServer();
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.equal(run.job?.exitCode, 7);
    assert.equal(await test.log(id), '1\n2\n3\n4\n');
  });

  it('have all their files, whenever the server is killed while they are collected', async () => {
    const script = 'cd "$TRAINYARD_OUTPUT"; for i in $(seq 2000); do echo $i > $i.txt; done; exit 4\n';
    const { id } = await test.submit(script);
    const collecting = async () => {
      const { state, job } = await test.workspace.run(id);
      return state === 'collecting' && job?.progress && job.progress.done > 0;
    };
    await until('files to be kept', collecting);
    await test.killServer();
    const run = await test.ended(id);
    assert.deepEqual([run.state, run.job?.exitCode, run.job?.progress], ['failed', 4, undefined]);
    assert.equal((await test.workspace.files(id, 'outputs')).length, 2000);
  });

  it('are submitted, run and end right while the server is killed again and again', async () => {
    const submitted = new Map<string, number>();
    let kills = 0;
    const killing = (async () => {
      // A machine that is slow to start a server is given longer, so that some submits come through.
      for (; kills < 12 || submitted.size < 4; kills++) {
        await sleep(Math.random() * (400 + 100 * kills));
        await test.killServer();
      }
    })();
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
    const script = (code: number) =>
      `for i in $(seq 0 19); do echo "line $i"; sleep 0.05; done\nexit ${code}\n`;
    for (let code = 0; code < 8 || submitted.size < 4; code++) {
      try {
        submitted.set((await test.submit(script(code))).id, code);
      } catch (error) {
        // Killed before it answered: whether there is such a run, nobody was told.
        assert.equal(TrainyardError.is(error) && error.code, 'SERVER_UNREACHABLE');
      }
    }
    await killing;
    for (const [id, code] of submitted) {
      const run = await test.ended(id);
      assert.equal(run.state, code === 0 ? 'finished' : 'failed');
      assert.equal(run.job?.exitCode, code);
      assert.equal(await test.log(id), lines);
    }
    for (const { id, job } of (await test.workspace.runs({ lifecycle: 'all' })).runs)
      if (job) await test.ended(id);
  });

  it('are watched to their end when their supervisor is killed', async () => {
    const { id } = await test.submit('sleep 2; echo done\n');
    await running(id);
    const file = path.join(test.home, 'jobs', id, 'supervisor.json');
    const { pid } = JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /supervisor was killed/);
    assert.equal(await test.log(id), 'done\n');
  });

  it('are not mistaken for another process that has their pid by now', async () => {
    const { id } = await test.submit('sleep 30\n');
    await running(id);
    const folder = path.join(test.home, 'jobs', id);
    const read = (name: string) =>
      JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as { pid: number; identity: string };
    const [supervisor, job] = [read('supervisor.json'), read('process.json')];
    // As if both had ended and this test now had their pids.
    for (const [name, was] of [
      ['supervisor.json', supervisor],
      ['process.json', job],
    ] as const)
      fs.writeFileSync(path.join(folder, name), JSON.stringify({ ...was, pid: process.pid }));
    await test.workspace.jobs.cancel(id);
    const run = await test.ended(id);
    assert.equal(run.state, 'cancelled');
    for (const { pid } of [supervisor, job]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });

  it('wait for their turn, in order, and are cancelled while they wait', async () => {
    await test.workspace.changeSettings({ parallelJobs: 1 });
    const first = await test.submit('sleep 2\n');
    const second = await test.submit('true\n');
    const third = await test.submit('true\n');
    await running(first.id);
    assert.equal((await test.workspace.run(second.id)).state, 'queued');
    await test.workspace.jobs.cancel(third.id);
    assert.equal((await test.ended(third.id)).state, 'cancelled');
    assert.equal((await test.ended(first.id)).state, 'finished');
    assert.equal((await test.ended(second.id)).state, 'finished');
    await test.workspace.changeSettings({ parallelJobs: 2 });
  });

  it('give metrics by patterns for what they print, each line once', async () => {
    const lines = 'for i in 0 1 2 3; do echo "epoch $i: loss=0.$i"; sleep 0.5; done; printf "loss=9"\n';
    const metrics = [
      { name: 'loss', regex: 'loss=([0-9.]+)' },
      { name: 'by_epoch', regex: 'epoch (?<step>\\d+): loss=(?<value>\\S+)' },
    ];
    const { id } = await test.submit(lines, { metrics });
    await running(id);
    await sleep(700);
    await test.killServer();
    const run = await test.ended(id);
    assert.equal(run.metrics['loss']?.count, 5);
    assert.equal(run.metrics['loss']?.value, 9);
    assert.equal(run.metrics['loss']?.step, 4);
    assert.equal(run.metrics['by_epoch']?.count, 4);
    assert.equal(run.metrics['by_epoch']?.value, 0.3);
  });

  it('are refused with a pattern that is none', async () => {
    const submitted = test.submit('true\n', { metrics: [{ name: 'loss', regex: '(' }] });
    await assert.rejects(submitted, { code: 'BAD_REQUEST', message: /not a regular expression/ });
  });

  it('tell how far they are, as their progress bar does', async () => {
    const bar = '\\r 40%%|####      | 4/10 [00:04<00:06, 1.0s/it]';
    const { id } = await test.submit(
      `printf '${bar}'; printf '${bar.replace('40', '50').replace('4/', '5/')}'; sleep 3\n`,
    );
    const progress = await until('progress', async () => (await test.workspace.run(id)).job?.progress);
    assert.deepEqual(progress, { done: 4, total: 10, remainingSeconds: 6 });
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ended(id)).job?.progress?.done, 5);
  });

  it('get their secrets, which are written nowhere', async () => {
    const secret = `s3cret-${Math.random()}`;
    const { id } = await test.submit('test -n "$MY_SECRET" && sleep 1\n', { secrets: { MY_SECRET: secret } });
    await running(id);
    await sleep(200);
    assert.deepEqual(filesWith(test.home, secret), []);
    assert.equal((await test.ended(id)).state, 'finished');
    assert.deepEqual(filesWith(test.home, secret), []);
  });

  it('inherit variables that are written nowhere, too', async () => {
    const secret = `s3cret-${Math.random()}`;
    process.env['DATABASE_URL'] = secret;
    try {
      for (const secrets of [undefined, { DATABASE_URL: secret }]) {
        const { id } = await test.submit('test -n "$DATABASE_URL" && sleep 1\n', { secrets });
        await running(id);
        assert.deepEqual(filesWith(test.home, secret), []);
        assert.equal((await test.ended(id)).state, 'finished');
        assert.deepEqual(filesWith(test.home, secret), []);
      }
    } finally {
      delete process.env['DATABASE_URL'];
    }
  });
});

/** What a job leaves behind is tidied up meanwhile. */
function readIfThere(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}

function filesWith(folder: string, text: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readIfThere(file).includes(text));
}
