import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import type { DatastorePlace } from '../../../src/job/datastore.js';
import type { CommandJob } from '../../../src/job/spec.js';
import type { Run } from '../../../src/workspace/types.js';
import { Gate } from '../../support/gate.js';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { serverEntry, TestHome } from '../../support/home.js';
import type { StorageServer } from '../../support/storage.js';
import { until } from '../../support/until.js';

/** A kind of datastore, with a server that stands for its own, whose room `rows` is there. */
export interface Subject {
  server: StorageServer;
  /** @param endpoint of the server, or of what stands before it */
  place(endpoint: string, room: string, prefix?: string): DatastorePlace;
  /** What signs in there. */
  secret: string;
  /** Puts an object into the room `rows`, past the code under test. */
  put(key: string, content: string | Uint8Array): Promise<void>;
  /** What stands for a folder that has nothing in it. */
  putFolder(key: string): Promise<void>;
  /** @param room default: `rows` */
  read(key: string, room?: string): Promise<Buffer | undefined>;
  makeRoom(room: string): Promise<void>;
  /** Words in the requests that send a part of a large file. */
  part: string;
  close(): Promise<void>;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const UNUSUAL = 'a b/größe 実験/+%23#?&="\'$~[x].csv';

/** What jobs can expect of a kind of datastore. */
export function datastoreSuite(kind: DatastorePlace['kind'], open: () => Promise<Subject>): void {
  describe(`data in a datastore of the kind ${kind}`, function () {
    let subject: Subject;
    let test: TestHome;
    let gate: Gate;
    let endpoint: string;

    before(async function () {
      this.timeout(120_000);
      subject = await open();
    });
    after(async () => subject?.close());
    beforeEach(async () => {
      test = new TestHome();
      gate = new Gate(subject.server.port);
      endpoint = await gate.open();
      await make('store', 'rows', 'data');
      await test.workspace.datastores.signIn('store', subject.secret);
    });
    afterEach(async () => {
      await test.close();
      await gate.shut();
    });

    const make = (name: string, room: string, prefix?: string) =>
      test.workspace.datastores.create({ name, place: subject.place(endpoint, room, prefix) });
    const jobOf = (script: string, more: Partial<CommandJob>): CommandJob => ({
      kind: 'command',
      codeFolder: test.project,
      workingFolder: '',
      command: [
        'sh',
        '-ec',
        script,
        'sh',
        ...Object.keys(more.inputs ?? {}).map((key) => `\${{inputs.${key}}}`),
      ],
      target: 'local',
      experiment: 'data',
      environmentVariables: {},
      tags: {},
      ...more,
    });
    const read = (path: string, type: 'uri_file' | 'uri_folder' = 'uri_file', store = 'store') =>
      test.workspace.jobs.submit(
        jobOf(
          type === 'uri_file'
            ? 'sha256sum < "$1"; basename "$1"'
            : 'cd "$1"; find . -type f -exec sha256sum {} + | sort -k2',
          { inputs: { rows: { type, path: `azureml://datastores/${store}/paths/${path}` } } },
        ),
      );
    const finished = async (run: Run): Promise<string> => {
      const ended = await test.ended(run.id, 100);
      assert.equal(ended.state, 'finished', ended.job?.reason);
      return test.log(run.id);
    };
    const failed = async (run: Run, words: RegExp) => {
      const ended = await test.ended(run.id, 100);
      assert.equal(ended.state, 'failed');
      assert.match(ended.job?.reason ?? '', words);
    };
    const bodies = () => gate.requests.filter((each) => each.startsWith('GET') && each.includes('csv'));
    const waiting = (run: Run, words: RegExp) =>
      until('the job to wait', async () => words.test((await test.workspace.run(run.id)).job?.waiting ?? ''));

    it('is a file by any key, which is read once and named in the run', async () => {
      const content = randomBytes(100_000);
      await subject.put(`data/${UNUSUAL}`, content);
      const first = await read(UNUSUAL);
      assert.equal(await finished(first), `${sha256(content)}  -\n+%23#?&="'$~[x].csv\n`);
      await finished(await read(UNUSUAL));
      assert.equal(bodies().length, 1, gate.requests.join('\n'));
      const [dataset] = (await test.workspace.run(first.id)).inputs ?? [];
      assert.equal(dataset?.digest, sha256(content).slice(0, 36));
      const { uri } = JSON.parse(dataset.source) as { uri: string };
      assert.ok(uri.endsWith(`rows/data/${UNUSUAL}`), uri);
    });

    it('is a folder with all below it, and nothing beside it', async () => {
      const files = { 'one.csv': '1', 'deep/er/two.csv': '2', [UNUSUAL]: '3' };
      for (const [key, content] of Object.entries(files)) await subject.put(`data/set/${key}`, content);
      await subject.put('data/set2/other.csv', 'x');
      await subject.put('set/outside.csv', 'x');
      await subject.putFolder('data/set/empty');
      const log = await finished(await read('set', 'uri_folder'));
      const expected = Object.entries(files)
        .map(([key, content]) => `${sha256(Buffer.from(content))}  ./${key}`)
        .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
      assert.deepEqual(log.trim().split('\n').sort(), expected.sort());
    });

    it('may be a folder with nothing in it', async () => {
      await subject.putFolder('data/nothing');
      assert.equal(await finished(await read('nothing', 'uri_folder')), '');
    });

    it('is downloaded again when it has changed', async () => {
      for (const content of ['a', 'b', 'b']) {
        await subject.put('data/changing.csv', content);
        assert.match(await finished(await read('changing.csv')), new RegExp(sha256(Buffer.from(content))));
      }
    });

    it('is read anew when it changes while it is read', async () => {
      await subject.put('data/moving.csv', 'old'.repeat(1000));
      gate.before = async ({ method, url = '' }) => {
        if (method !== 'GET' || !url.includes('moving.csv')) return;
        gate.before = () => Promise.resolve();
        await subject.put('data/moving.csv', 'new'.repeat(2000));
      };
      const log = await finished(await read('moving.csv'));
      assert.match(log, new RegExp(sha256(Buffer.from('new'.repeat(2000)))));
    });

    it('is gone on with where a connection was cut', async () => {
      const content = randomBytes(3_000_000);
      await subject.put('data/long.csv', content);
      Object.assign(gate, { cuts: 2, cutAfter: 1_000_000 });
      assert.match(await finished(await read('long.csv')), new RegExp(sha256(content)));
      assert.ok(
        bodies().some((each) => /bytes=[1-9]\d*-/.test(each)),
        bodies().join('\n'),
      );
    });

    it('is one download for jobs at the same time', async () => {
      await subject.put('data/shared.csv', randomBytes(500_000));
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => (release = resolve));
      gate.before = ({ method, url = '' }) =>
        method === 'GET' && url.includes('shared.csv') ? held : Promise.resolve();
      const runs = await Promise.all([read('shared.csv'), read('shared.csv')]);
      for (const run of runs) await waiting(run, /^Downloading rows/);
      release();
      for (const run of runs) await finished(run);
      assert.equal(bodies().length, 1, bodies().join('\n'));
    });

    it('is waited for while the server is away', async () => {
      await subject.put('data/later.csv', 'later');
      await gate.shut();
      const [run, other] = [await read('later.csv'), await read('later.csv')];
      await waiting(run, /Waiting for rows: .* cannot be reached: .*ECONNREFUSED/);
      await test.workspace.jobs.cancel(other.id);
      assert.equal((await test.ended(other.id)).state, 'cancelled');
      await gate.open();
      assert.match(await finished(run), new RegExp(sha256(Buffer.from('later'))));
    });

    it('says what is not there', async () => {
      await subject.put('data/there/one.csv', '1');
      await failed(await read('none.csv'), /The input rows: There is nothing at .*none\.csv/);
      await failed(await read('none', 'uri_folder'), /There is nothing at .*none/);
      await failed(await read('there', 'uri_file'), /is a folder, not a file/);
      await make('nowhere', 'no-such-room');
      await test.workspace.datastores.signIn('nowhere', subject.secret);
      await failed(await read('a.csv', 'uri_file', 'nowhere'), /no-such-room.* does not exist/);
      await failed(await read('a', 'uri_folder', 'nowhere'), /no-such-room.* does not exist/);
    });

    it('wants the secret that it names, before anything is kept', async () => {
      const place = subject.place(endpoint, 'rows', 'data');
      await test.workspace.datastores.create({ name: 'closed', place, secretEnv: 'TRAINYARD_TEST_NO_SUCH' });
      await assert.rejects(
        read('a.csv', 'uri_file', 'closed'),
        /The secret of the datastore “closed” is not known/,
      );
      assert.deepEqual((await test.workspace.runs({})).runs, []);
      await subject.put('data/open.csv', 'x');
      process.env['TRAINYARD_TEST_NO_SUCH'] = subject.secret;
      try {
        await finished(await read('open.csv', 'uri_file', 'closed'));
      } finally {
        delete process.env['TRAINYARD_TEST_NO_SUCH'];
      }
      // The next server knows it no more. An editor hands it over with the next job.
      await test.killServer();
      await assert.rejects(
        read('open.csv', 'uri_file', 'closed'),
        /The secret of the datastore “closed” is not known/,
      );
      const asked: string[] = [];
      const get = (name: string) => {
        asked.push(name);
        return Promise.resolve(name === 'datastore/closed' ? subject.secret : undefined);
      };
      const editor = new LocalWorkspace({ home: test.home, serverEntry }, undefined, { get });
      const inputs = {
        rows: { type: 'uri_file', path: 'azureml://datastores/closed/paths/open.csv' },
      } as const;
      await finished(await editor.jobs.submit(jobOf('cat "$1"', { inputs })));
      assert.deepEqual(asked.sort(), ['datastore/closed', 'datastore/store']);
      for (const file of fs.readdirSync(test.home, { recursive: true, withFileTypes: true }))
        if (file.isFile())
          assert.ok(
            !fs.readFileSync(`${file.parentPath}/${file.name}`, 'latin1').includes(subject.secret),
            file.name,
          );
    });

    describe('outputs', () => {
      const write = async (script: string, outputs: CommandJob['outputs']) =>
        test.workspace.jobs.submit(
          jobOf(script, {
            outputs,
            command: [
              'sh',
              '-ec',
              script,
              'sh',
              ...Object.keys(outputs ?? {}).map((key) => `\${{outputs.${key}}}`),
            ],
          }),
        );
      const at = (path: string, store = 'store') => `azureml://datastores/${store}/paths/${path}`;
      const text = async (key: string, room?: string) => (await subject.read(key, room))?.toString();

      it('are uploaded to where they are said to go, and read by other jobs from there', async () => {
        const run = await write(
          'mkdir "$1/a b"; echo 1 > "$1/a b/größe+%.csv"; echo 2 > "$1/two"; echo 7 > "$2"; echo 8 > "$3"',
          {
            rows: { type: 'uri_folder', path: at('out/${{name}}/${{output_name}}') },
            score: { type: 'uri_file', path: at('fixed/score.txt') },
            usual: { type: 'uri_file', path: 'azureml://datastores/store' },
          },
        );
        await finished(run);
        const { id, job, tags } = await test.workspace.run(run.id);
        assert.equal(job?.reason, undefined);
        assert.equal(await text(`data/out/${id}/rows/a b/größe+%.csv`), '1\n');
        assert.equal(await text(`data/out/${id}/rows/two`), '2\n');
        assert.equal(await text('data/fixed/score.txt'), '7\n');
        assert.equal(await text(`data/azureml/${id}/usual`), '8\n');
        assert.deepEqual(
          ['rows', 'score', 'usual'].map((key) => tags[`trainyard.output.${key}`]),
          [at(`out/${id}/rows`), at('fixed/score.txt'), at(`azureml/${id}/usual`)],
        );
        const log = await finished(await read(`out/${id}/rows`, 'uri_folder'));
        assert.match(log, /größe\+%\.csv/);
        assert.equal(Buffer.from(await test.workspace.readFile(id, 'outputs/rows/two')).toString(), '2\n');
        // Once more does no harm, and sends nothing.
        const sent = gate.count('PUT');
        assert.deepEqual(await test.workspace.jobs.keepOutputs(id), []);
        assert.equal(gate.count('PUT'), sent);
      });

      it('go in parts when they are large', async () => {
        const bytes = 40 * 1024 * 1024;
        const sentParts = () => gate.requests.filter((each) => each.includes(subject.part));
        let release = () => {};
        const isSeen = new Promise<void>((resolve) => (release = resolve));
        gate.before = async () => {
          if (sentParts().length >= 3) await isSeen;
        };
        const run = await write(`head -c ${bytes} /dev/urandom > "$1"; sha256sum < "$1"`, {
          big: { type: 'uri_file', path: at('big.bin') },
        });
        await until('its progress', async () => {
          const { state, job } = await test.workspace.run(run.id);
          return state === 'collecting' && /^Uploading big \([1-9].* of 42 MB\)$/.test(job?.waiting ?? '');
        });
        release();
        const log = await finished(run);
        const { job } = await test.workspace.run(run.id);
        assert.deepEqual([job?.reason, job?.waiting], [undefined, undefined]);
        const sent = await subject.read('data/big.bin');
        assert.equal(sent?.length, bytes);
        assert.equal(log, `${sha256(sent)}  -\n`);
        const parts = sentParts();
        assert.ok(parts.length >= 3, parts.join('\n'));
      });

      it('take the place of others only where the path is not of the run', async () => {
        for (const content of ['a', 'b']) {
          await finished(
            await write(`printf ${content} > "$1"`, { out: { type: 'uri_file', path: at('same.txt') } }),
          );
          assert.equal(await text('data/same.txt'), content);
        }
        const go = `${test.root}/go`;
        const run = await write(`until [ -e ${go} ]; do sleep 0.1; done; echo mine > "$1/x"`, {
          out: { type: 'uri_folder', path: at('by/${{name}}') },
        });
        await subject.put(`data/by/${run.id}/x`, 'theirs');
        fs.writeFileSync(go, '');
        const ended = await test.ended(run.id);
        assert.equal(ended.state, 'finished');
        assert.match(ended.job?.reason ?? '', /The output out: .*\/x is there already, and not of this run/);
        assert.equal(await text(`data/by/${run.id}/x`), 'theirs');
        assert.equal(
          Buffer.from(await test.workspace.readFile(run.id, 'outputs/out/x')).toString(),
          'mine\n',
        );
      });

      it('that failed are told of, kept in the run, and uploaded when they are asked for again', async () => {
        await make('later', 'made-later');
        await test.workspace.datastores.signIn('later', subject.secret);
        const run = await write('echo 1 > "$1"', { out: { type: 'uri_file', path: at('x.txt', 'later') } });
        const ended = await test.ended(run.id);
        assert.equal(ended.state, 'finished');
        assert.match(
          ended.job?.reason ?? '',
          /^These outputs were not registered or copied: The output out: .*made-later.* does not exist/,
        );
        assert.equal(ended.job?.lacksOutputs, true);
        const [problem] = await test.workspace.jobs.keepOutputs(run.id);
        assert.match(problem ?? '', /made-later/);
        await subject.makeRoom('made-later');
        assert.deepEqual(await test.workspace.jobs.keepOutputs(run.id), []);
        const { job } = await test.workspace.run(run.id);
        assert.deepEqual([job?.reason, job?.lacksOutputs], [undefined, undefined]);
        assert.equal(await text('x.txt', 'made-later'), '1\n');
      });

      it('are uploaded when a server that was away is back', async () => {
        await gate.shut();
        const run = await write('echo 1 > "$1"', { out: { type: 'uri_file', path: at('late.txt') } });
        const ended = await test.ended(run.id);
        assert.equal(ended.state, 'finished');
        assert.match(ended.job?.reason ?? '', /keeps trying: The output out: .* cannot be reached/);
        await gate.open();
        await until(
          'the upload',
          async () => (await test.workspace.run(run.id)).job?.reason === undefined,
          60_000,
        );
        assert.equal(await text('data/late.txt'), '1\n');
      });

      it('that could go nowhere are refused before anything runs', async () => {
        const refused = (path: string, words: RegExp) =>
          assert.rejects(write('true', { out: { type: 'uri_folder', path } }), words);
        await refused(at('x', 'none'), /There is no datastore “none”/);
        await refused(at('../x'), /cannot be copied to/);
        const place = subject.place(endpoint, 'rows');
        await test.workspace.datastores.create({ name: 'shut', place, secretEnv: 'TRAINYARD_TEST_NO_SUCH' });
        await refused(at('x', 'shut'), /The secret of the datastore “shut” is not known/);
      });
    });
  });
}
