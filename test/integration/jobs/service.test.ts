import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes } from '../../../src/base/format.js';
import { jobToken } from '../../../src/server/jobs/token.js';
import type { JobRecord } from '../../../src/server/store/jobs.js';
import { identityOf, isSame } from '../../../src/targets/process/identity.js';
import { until } from '../../support/until.js';
import { Scratch } from './scratch.js';

describe('the job service', () => {
  let scratch: Scratch;
  before(async () => void (scratch = await Scratch.make()));
  after(() => scratch.close());

  const gone = (pid: number) =>
    until('the end of a process', async () => (await identityOf(pid)) === undefined);

  describe('when a job ends', () => {
    it('lets the children of a script use the grace time, too', async () => {
      scratch.settings.grace = 10;
      const child = `trap "sleep 1; echo saved; exit 0" TERM; echo ready; while :; do sleep 0.1; done`;
      const id = await scratch.submit(`bash -c '${child}'\necho not reached\n`);
      await scratch.logged(id, 'ready');
      await scratch.service.cancel(id);
      const { state } = await scratch.ended(id);
      scratch.settings.grace = 1;
      assert.equal(state, 'cancelled');
      // The shell tells of the sleep that was ended.
      assert.equal(scratch.log(id).replace('Terminated\n', ''), 'ready\nsaved\n');
    });

    it('ends what a script left in the background', async () => {
      const id = await scratch.submit('sleep 60 & echo $!; exit 0\n');
      const { state, exitCode } = await scratch.ended(id);
      assert.deepEqual([state, exitCode], ['finished', 0]);
      await gone(Number(scratch.log(id)));
    });

    it('keeps the rest and the state when one file cannot be kept', async () => {
      const id = await scratch.submit(String.raw`echo x > 'a\b.txt'; echo y > fine.txt` + '\n');
      const { state, exitCode, reason } = await scratch.ended(id);
      assert.deepEqual([state, exitCode], ['finished', 0]);
      assert.deepEqual(scratch.outputs(id), ['fine.txt']);
      assert.match(reason ?? '', /a\\b\.txt/);
    });

    it('keeps what is beside links that lead round or away, and beside folders without end', async () => {
      const deep = 'd=$(printf "d%.0s" {1..200}); for i in {1..25}; do mkdir $d && cd $d; done; echo x > x';
      const links =
        'ln -s . round; mkdir a; ln -s .. a/up; ln -s /etc away; ln -s /etc/passwd file; mkfifo pipe';
      const id = await scratch.submit(
        `cd "$TRAINYARD_OUTPUT"; echo 1 > fine.txt; ${links}; cd -; ${links}; cd "$TRAINYARD_OUTPUT"; ${deep}\n`,
      );
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished');
      assert.deepEqual(scratch.outputs(id), ['fine.txt']);
      assert.match(reason ?? '', /d was not kept: ENAMETOOLONG/);
    });

    it('removes the checkout, and nothing that it links to', async () => {
      scratch.write('.gitignore', 'data/\nnote.txt\n');
      scratch.write('data/x.txt', 'x');
      scratch.write('note.txt', 'n');
      const id = await scratch.submit('cat data/x.txt note.txt\n');
      await scratch.ended(id);
      assert.equal(scratch.log(id), 'xn');
      assert.equal(fs.existsSync(scratch.folders(id).code), false);
      assert.equal(fs.readFileSync(path.join(scratch.project, 'data/x.txt'), 'utf8'), 'x');
      assert.deepEqual(scratch.outputs(id), []);
    });

    it('has measured what it used, also when it was short', async () => {
      const id = await scratch.submit('sleep 2.5\n');
      await scratch.ended(id);
      const memory = scratch.store.metrics.summaries(id)['system/system_memory_usage_megabytes'];
      assert.ok(memory && memory.value > 0.5 && memory.value < 500, String(memory?.value));
    });
  });

  describe('while the files of a job are kept', () => {
    const many = (files: number) =>
      `cd "$TRAINYARD_OUTPUT"; for i in $(seq ${files}); do echo $i > $i.txt; done; echo written\n`;
    const collecting = (id: string) =>
      until('files to be kept', () => {
        const job = scratch.job(id);
        return job.state === 'collecting' && (job.collected?.done ?? 0) > 0 && job;
      });

    it('is collecting, tells how far it is, and knows how the script ended', async () => {
      const seen: string[] = [];
      const stop = scratch.store.onChange((change) => {
        if (change.type !== 'run') return;
        const state = scratch.store.jobs.get(change.runId)?.state;
        if (state && state !== seen.at(-1)) seen.push(state);
      });
      const id = await scratch.submit(`sleep 1; ${many(1500)}exit 3\n`);
      const { exitCode, endedAt, collected } = await collecting(id);
      assert.equal(exitCode, 3);
      assert.equal(collected?.total, 1500);
      assert.deepEqual(
        [scratch.store.runs.get(id)?.status, scratch.store.runs.get(id)?.endTime],
        ['running', null],
      );
      const ended = await scratch.ended(id);
      stop();
      assert.deepEqual(seen, ['queued', 'preparing', 'running', 'collecting', 'failed']);
      assert.deepEqual([ended.exitCode, ended.endedAt, ended.collected], [3, endedAt, undefined]);
      assert.equal(scratch.store.runs.get(id)?.endTime, endedAt);
      assert.equal(scratch.outputs(id).length, 1500);
    });

    it('leaves its place to the next job', async () => {
      scratch.settings.parallelJobs = 1;
      const first = await scratch.submit(many(3000));
      const second = await scratch.submit('sleep 30\n');
      await scratch.running(second);
      assert.equal(scratch.job(first).state, 'collecting');
      const [local] = await scratch.service.compute();
      assert.ok(local?.detail.includes(`cores, ${formatBytes(os.totalmem())}`), local?.detail);
      assert.deepEqual([local?.running, local?.collecting], [[second], [first]]);
      await scratch.service.cancel(second);
      await Promise.all([scratch.ended(first), scratch.ended(second)]);
      scratch.settings.parallelJobs = 2;
    });

    it('is not cancelled any more, and loses nothing by the try', async () => {
      const id = await scratch.submit(many(1500));
      await collecting(id);
      await scratch.service.cancel(id);
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(scratch.outputs(id).length, 1500);
    });

    it('goes on with it after the server was ended', async () => {
      const id = await scratch.submit(many(3000));
      const { endedAt } = await collecting(id);
      await scratch.restart();
      const job = await scratch.ended(id);
      assert.deepEqual(
        [job.state, job.exitCode, job.endedAt, job.reason],
        ['finished', 0, endedAt, undefined],
      );
      assert.equal(scratch.outputs(id).length, 3000);
      assert.equal(fs.existsSync(scratch.folders(id).code), false);
    });
  });

  describe('the machine of a job', () => {
    const isThisOne = ({ machine }: JobRecord) => {
      assert.ok(machine);
      const { host, system, cores, memoryBytes } = machine;
      assert.deepEqual([host, cores, memoryBytes], [os.hostname(), os.cpus().length, os.totalmem()]);
      assert.match(system, /^\w+ \S+$/);
    };

    it('is known as soon as it runs', async () => {
      const id = await scratch.submit('sleep 1\n');
      isThisOne(await scratch.running(id));
      isThisOne(await scratch.ended(id));
    });

    it('is known of one that was too short to be seen', async () => {
      isThisOne(await scratch.ended(await scratch.submit('true\n')));
    });
  });

  describe('when a job cannot start', () => {
    const failed = async (id: string, reason: RegExp) => {
      const job = await scratch.ended(id);
      assert.equal(job.state, 'failed');
      assert.match(job.reason ?? '', reason);
      assert.match(scratch.log(id), reason);
      assert.equal(fs.existsSync(scratch.folders(id).code), false);
    };

    it('names the program that is not there', async () => {
      await failed(
        await scratch.submit('', { command: ['no-such-program'] }),
        /no-such-program was not found/,
      );
    });

    it('says when the arguments are too long for the system', async () => {
      const id = await scratch.submit('', { command: ['/bin/echo', 'x'.repeat(200_000)] });
      await failed(id, /\/bin\/echo could not be started: .*E2BIG/);
    });

    it('refuses a working folder that is not there, before anything is kept', async () => {
      const before = scratch.git('for-each-ref', 'refs/trainyard');
      await assert.rejects(scratch.submit('', { workingFolder: 'nowhere' }), { code: 'BAD_REQUEST' });
      assert.equal(scratch.git('for-each-ref', 'refs/trainyard'), before);
    });

    it('refuses an experiment that was deleted, before anything is kept', async () => {
      const before = scratch.git('for-each-ref', 'refs/trainyard');
      const { experiments } = scratch.store;
      const { id } = await scratch.store.write(() => experiments.create({ name: 'old' }));
      await scratch.store.write(() => experiments.delete(id));
      await assert.rejects(scratch.submit('', { experiment: 'old' }), {
        code: 'CONFLICT',
        message: /deleted/,
      });
      assert.equal(scratch.git('for-each-ref', 'refs/trainyard'), before);
    });
  });

  describe('around the process', () => {
    it('runs in a folder that git does not keep because it is empty', async () => {
      fs.mkdirSync(path.join(scratch.project, 'empty'), { recursive: true });
      const id = await scratch.submit('', { workingFolder: 'empty', command: ['/bin/pwd'] });
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(path.basename(scratch.log(id).trim()), 'empty');
    });

    it('gives the process the rights on new files that the person has', async () => {
      const id = await scratch.submit('umask\n');
      await scratch.ended(id);
      assert.equal(parseInt(scratch.log(id), 8), process.umask());
    });

    it('gives the process the token of its job, and writes it nowhere', async () => {
      const id = await scratch.submit('sha256sum <<< "$MLFLOW_TRACKING_TOKEN"; sleep 0.5\n');
      await scratch.running(id);
      const token = jobToken('the-token', id);
      const { root } = scratch.folders(id);
      for (const name of fs.readdirSync(root).filter((name) => name.endsWith('.json')))
        for (const secret of [token, 'the-token'])
          assert.ok(!fs.readFileSync(path.join(root, name), 'utf8').includes(secret), name);
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.ok(scratch.log(id).startsWith(createHash('sha256').update(`${token}\n`).digest('hex')));
    });
  });

  describe('after a crash', () => {
    it('starts a job that was being prepared', async () => {
      scratch.settings.parallelJobs = 0;
      const id = await scratch.submit('echo ran\n');
      scratch.settings.parallelJobs = 2;
      fs.mkdirSync(path.join(scratch.folders(id).code, 'half'), { recursive: true });
      await scratch.restart((store) => store.jobs.update(id, { state: 'preparing' }));
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(scratch.log(id), 'ran\n');
      assert.deepEqual(scratch.outputs(id), []);
    });

    it('starts a job once whose handle was written and nothing more', async () => {
      scratch.settings.parallelJobs = 0;
      const id = await scratch.submit('echo ran\n');
      scratch.settings.parallelJobs = 2;
      const { root } = scratch.folders(id);
      fs.mkdirSync(root, { recursive: true });
      await scratch.restart((store) =>
        store.jobs.update(id, { state: 'preparing', handle: { folder: root, grace: 1 } }),
      );
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(scratch.log(id), 'ran\n');
    });

    it('keeps the order of those that wait', async () => {
      scratch.settings.parallelJobs = 0;
      const out = path.join(scratch.root, 'order');
      const ids = [];
      for (const name of ['a', 'b', 'c']) ids.push(await scratch.submit(`echo ${name} >> ${out}\n`));
      scratch.settings.parallelJobs = 1;
      await scratch.restart();
      for (const id of ids) await scratch.ended(id);
      scratch.settings.parallelJobs = 2;
      assert.equal(fs.readFileSync(out, 'utf8'), 'a\nb\nc\n');
    });

    it('says that secrets are gone when a job that needs them still waits', async () => {
      scratch.settings.parallelJobs = 0;
      const id = await scratch.submit('echo ran\n', {}, { secrets: { KEY: 'k' } });
      scratch.settings.parallelJobs = 2;
      await scratch.restart();
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'failed');
      assert.match(reason ?? '', /KEY.*[Ss]ubmit it again/);
      assert.equal(scratch.log(id), '');
    });

    it('starts a job without the variables that only the server before had, and says so', async () => {
      scratch.settings.parallelJobs = 0;
      const baseEnv = { PATH: process.env['PATH'] ?? '', DATABASE_URL: 'x' };
      const id = await scratch.submit('echo "<$DATABASE_URL>"\n', {}, { baseEnv });
      scratch.settings.parallelJobs = 2;
      await scratch.restart();
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished');
      assert.match(reason ?? '', /^It ran without DATABASE_URL: /);
      assert.equal(scratch.log(id), '<>\n');
    });

    it('finds the exit code, end and log of a job that ended meanwhile', async () => {
      const id = await scratch.submit('sleep 0.7; echo done; exit 5\n');
      await scratch.running(id);
      await scratch.shut();
      const exit = path.join(scratch.folders(id).root, 'exit.json');
      await until('the exit code', () => fs.existsSync(exit));
      const ended = Date.now();
      await sleep(300);
      scratch.open();
      await scratch.service.recover();
      const job = await scratch.ended(id);
      assert.deepEqual([job.state, job.exitCode], ['failed', 5]);
      assert.ok((job.endedAt ?? Infinity) <= ended);
      assert.equal(scratch.store.runs.get(id)?.endTime, job.endedAt);
      assert.equal(scratch.log(id), 'done\n');
    });

    it('collects again what it was collecting', async () => {
      const id = await scratch.submit('echo 1 > one.txt; echo 2 > "$TRAINYARD_OUTPUT/two.txt"; sleep 0.5\n');
      await scratch.running(id);
      await scratch.shut();
      const exit = path.join(scratch.folders(id).root, 'exit.json');
      await until('the exit code', () => fs.existsSync(exit));
      scratch.open();
      const file = path.join(scratch.folders(id).output, 'two.txt');
      await scratch.store.artifacts.putFile(`runs/${id}`, 'outputs/two.txt', file);
      await scratch.service.recover();
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.deepEqual(scratch.outputs(id), ['one.txt', 'two.txt']);
    });

    it('delivers a cancel that was asked for and not passed on', async () => {
      const id = await scratch.submit('sleep 60\n');
      await scratch.running(id);
      await scratch.restart((store) => store.jobs.update(id, { cancelRequested: true }));
      assert.equal((await scratch.ended(id)).state, 'cancelled');
    });

    it('ends a job by force when supervisor and server are gone and it does not listen', async () => {
      const id = await scratch.submit('trap "" TERM; echo ready; while :; do sleep 0.1; done\n');
      await scratch.logged(id, 'ready');
      await scratch.running(id);
      process.kill(scratch.processFile(id, 'supervisor').pid, 'SIGKILL');
      const { pid, identity } = scratch.processFile(id, 'process');
      await scratch.service.cancel(id);
      await scratch.restart();
      assert.equal((await scratch.ended(id)).state, 'cancelled');
      assert.equal(await isSame(pid, identity), false);
    });
  });

  describe('cancel', () => {
    it('may be asked for twice, and after the end', async () => {
      const id = await scratch.submit('sleep 60\n');
      await scratch.running(id);
      await Promise.all([scratch.service.cancel(id), scratch.service.cancel(id)]);
      const { state, endedAt } = await scratch.ended(id);
      await scratch.service.cancel(id);
      assert.equal(state, 'cancelled');
      assert.deepEqual([scratch.job(id).state, scratch.job(id).endedAt], ['cancelled', endedAt]);
    });

    it('takes a job at any moment of its start', async () => {
      for (let wait = 0; wait <= 240; wait += 40) {
        const id = await scratch.submit('sleep 60\n');
        await sleep(wait);
        await scratch.service.cancel(id);
        const { state } = await scratch.ended(id);
        assert.equal(state, 'cancelled', `after ${wait} ms`);
        const file = path.join(scratch.folders(id).root, 'process.json');
        if (fs.existsSync(file)) await gone(scratch.processFile(id, 'process').pid);
      }
    });

    it('is refused for a run that is no job', async () => {
      const experiment = scratch.store.experiments.all()[0]?.id ?? '0';
      const now = Date.now();
      await scratch.store.write(() =>
        scratch.store.runs.create({
          id: 'byhand',
          experimentId: experiment,
          user: 'u',
          status: 'running',
          startTime: now,
          tags: {},
        }),
      );
      await assert.rejects(scratch.service.cancel('byhand'), { code: 'NOT_RUNNING' });
    });
  });
});
