import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import Docker from 'dockerode';
import { extract } from 'tar-stream';
import type { TrainyardError } from '../../../src/base/errors.js';
import type { EnvironmentDefinition } from '../../../src/job/environment.js';
import { packContext } from '../../../src/job/environment/context.js';
import { digestOf } from '../../../src/job/environment/digest.js';
import { BuiltImages } from '../../../src/targets/docker/build.js';
import { Engine } from '../../../src/targets/docker/engine.js';
import type { BuildProgress, DefinedEnvironment } from '../../../src/targets/target.js';
import { describeWithEngine } from '../../support/engine.js';
import { wheelOf } from '../../support/package-index.js';

describeWithEngine('environments in an engine', function ({ address, images }) {
  this.timeout(300_000);
  let home: string;
  let built: BuiltImages;
  const made: DefinedEnvironment[] = [];
  const steps: string[] = [];
  let printed = '';
  const progress = (signal?: AbortSignal): BuildProgress => ({
    onOutput: (text) => (printed += text),
    onStep: (step, of, text) => void steps.push(`${step}/${of} ${text}`),
    ...(signal && { signal }),
  });

  /** With a build context of these files. */
  async function defined(
    definition: EnvironmentDefinition,
    files?: Record<string, string>,
  ): Promise<DefinedEnvironment> {
    const more: Partial<DefinedEnvironment> = {};
    if (files) {
      const folder = fs.mkdtempSync(path.join(home, 'context-'));
      for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
      const archive = `${folder}.tar`;
      const context = await packContext(folder, 'Dockerfile', archive);
      definition.build = { context, dockerfile: 'Dockerfile' };
      Object.assign(more, { context: () => fs.createReadStream(archive) });
    }
    const digest = digestOf(definition);
    const environment = { kind: 'defined', name: 'e', version: '1', digest, definition, ...more } as const;
    made.push(environment);
    return environment;
  }

  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-images-'));
    built = new BuiltImages(home, () => new Engine({ host: address } as Engine['endpoint']));
  });
  beforeEach(() => {
    steps.length = 0;
    printed = '';
  });
  after(async () => {
    for (const environment of made) await built.remove(environment);
    fs.rmSync(home, { recursive: true, force: true });
  });

  it('builds one of a Dockerfile once, and keeps what is in it', async () => {
    const files = { Dockerfile: `FROM ${images.python}\nCOPY data.txt /data.txt\nRUN cat /data.txt\n` };
    const environment = await defined({}, { ...files, 'data.txt': `hello ${home}\n` });
    assert.equal(await built.problemWith(environment), undefined);
    assert.equal(await built.find(environment), undefined);
    const [one, two] = await Promise.all([
      built.build(environment, progress()),
      built.build(environment, { onOutput: () => undefined, onStep: () => undefined }),
    ]);
    assert.deepEqual(one, two);
    assert.match(one.packages?.['python'] ?? '', /^3\./);
    assert.ok(one.packages?.['numpy']);
    assert.deepEqual(steps.slice(1), ['2/3 COPY data.txt /data.txt', '3/3 RUN cat /data.txt']);
    assert.match(printed, new RegExp(`hello ${home}`));
    assert.deepEqual(await built.find(environment), one);
    const begun = Date.now();
    assert.deepEqual(await built.build(environment, progress()), one);
    assert.ok(Date.now() - begun < 2_000);
    const [listed, ...others] = (await built.list()).filter(({ digest }) => digest === environment.digest);
    assert.ok(
      listed && listed.bytes < 1_000_000 && Math.abs(listed.builtAt - Date.now()) < 600_000,
      JSON.stringify(listed),
    );
    assert.deepEqual(others, []);
    await built.remove(environment);
    assert.equal(await built.find(environment), undefined);
    assert.ok(!(await built.list()).some(({ digest }) => digest === environment.digest));
  });

  it('adds requirements to an image', async () => {
    const environment = await defined({ image: images.python, pip: `# ${home}\nnumpy\n` });
    const { packages } = await built.build(environment, progress());
    assert.ok(packages?.['numpy']);
    assert.match(steps.at(-1) ?? '', /pip install/);
  });

  it('looks once into an image as it is, and leaves it there', async () => {
    const environment = await defined({ image: images.python, variables: { HOME_OF_TEST: home } });
    assert.equal(await built.find(environment), undefined);
    const found = await built.build(environment, progress());
    assert.equal(found.at, images.python);
    assert.match(found.packages?.['python'] ?? '', /^3\./);
    assert.ok(found.packages?.['numpy']);
    assert.equal(steps.length, 1);
    assert.deepEqual(await built.find(environment), found);
    assert.deepEqual(await built.build(environment, progress()), found);
    assert.equal(steps.length, 1);
    await built.remove(environment);
    assert.equal(await built.find(environment), undefined);
    assert.deepEqual(await built.build(environment, progress()), found);
  });

  it('knows that an image has no Python', async () => {
    const environment = await defined({ image: images.shell, variables: { HOME_OF_TEST: home } });
    assert.deepEqual(await built.build(environment, progress()), { at: images.shell });
    assert.deepEqual(await built.find(environment), { at: images.shell });
  });

  it('says that an image as it is cannot be had', async () => {
    const environment = await defined({ image: 'trainyard-test/not-there:1' });
    await assert.rejects(
      built.build(environment, progress()),
      ({ code, message }: TrainyardError) => code === 'TARGET_FAILED' && /not-there:1/.test(message),
    );
  });

  describe('with what this machine knows of packages and proxies', () => {
    const SECRET = 'pass-word-0815';
    const before = { ...process.env };
    let server: http.Server;
    let port: number;
    const asked: string[] = [];
    const wheel = wheelOf('trainyard-tiny', '1.0');

    beforeEach(async () => {
      asked.length = 0;
      server = http.createServer((request, response) => {
        const { url = '', headers } = request;
        asked.push(
          `${url} ${Buffer.from((headers.authorization ?? '').slice(6), 'base64').toString()}`.trim(),
        );
        if (url.startsWith('http:')) return void response.end('by the proxy');
        if (!headers.authorization)
          return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
        if (url.endsWith('.whl')) return void response.end(wheel.bytes);
        response.setHeader('content-type', 'text/html');
        response.end(`<a href="/files/${wheel.name}">${wheel.name}</a>`);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    });
    afterEach(() => {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      server.closeAllConnections();
      server.close();
    });

    /** What the engine keeps of an image: its configuration, its history, and all layers but those of its base. */
    async function whole(image: string): Promise<string> {
      const docker = new Docker({ socketPath: address.replace('unix://', '') });
      const [facts, history] = await Promise.all([
        docker.getImage(image).inspect(),
        docker.getImage(image).history(),
      ]);
      const texts = [JSON.stringify([facts, history])];
      const tar = extract();
      (await docker.getImage(image).get()).pipe(tar as unknown as NodeJS.WritableStream);
      for await (const entry of tar)
        if ((entry.header.size ?? 0) < 50_000_000) texts.push(await textOf(entry as unknown as Readable));
        else entry.resume();
      return texts.join('\n');
    }

    it('installs from an index with a password, which the image does not keep', async () => {
      process.env['PIP_INDEX_URL'] = `http://me:${SECRET}@127.0.0.1:${port}/simple`;
      const environment = await defined({ image: images.python, pip: `# ${home}\ntrainyard-tiny\n` });
      const { at, packages } = await built.build(environment, progress());
      assert.equal(packages?.['trainyard-tiny'], '1.0', printed);
      assert.ok(asked.includes(`/simple/trainyard-tiny/ me:${SECRET}`), asked.join());
      const kept = await whole(at);
      assert.match(kept, /trainyard.tiny/);
      assert.ok(!kept.includes(SECRET), 'the password is in the image');
      assert.ok(!kept.includes('trainyard-pip.conf\0'), 'the file with the settings is in the image');
      assert.ok(!printed.includes(SECRET), 'the password is in the log');
    });

    it('goes through the proxy, whose password the image does not keep', async () => {
      process.env['http_proxy'] = `http://me:${SECRET}@127.0.0.1:${port}`;
      const Dockerfile = `FROM ${images.python}\nRUN python3 -c "import urllib.request as u; print(u.urlopen('http://packages.test/${path.basename(home)}').read().decode())"\n`;
      const environment = await defined({}, { Dockerfile });
      const { at } = await built.build(environment, progress());
      assert.match(printed, /by the proxy/);
      assert.match(asked[0] ?? '', /^http:\/\/packages\.test\//);
      assert.ok(!(await whole(at)).includes(SECRET), 'the password is in the image');
    });

    it('gives a Dockerfile the index that it asks for, but not its password', async () => {
      const Dockerfile = `FROM ${images.shell}\nARG PIP_INDEX_URL\nARG PIP_EXTRA_INDEX_URL=none\nRUN echo "index $PIP_INDEX_URL, $PIP_EXTRA_INDEX_URL"\n`;
      process.env['PIP_INDEX_URL'] = 'http://packages.test/simple';
      process.env['PIP_EXTRA_INDEX_URL'] = `http://me:${SECRET}@packages.test/more`;
      const { at } = await built.build(await defined({}, { Dockerfile }), progress());
      assert.match(printed, /^index http:\/\/packages\.test\/simple, none$/m);
      assert.match(printed, /The build does not get PIP_EXTRA_INDEX_URL/);
      assert.ok(!(await whole(at)).includes(SECRET));
    });
  });

  it('names the step that failed and what it printed last', async () => {
    const Dockerfile = `FROM ${images.shell}\nRUN echo fine\nRUN echo the reason >&2; exit 7\n`;
    const environment = await defined({}, { Dockerfile });
    await assert.rejects(built.build(environment, progress()), (error: TrainyardError) => {
      assert.equal(error.code, 'TARGET_FAILED');
      assert.match(error.message, /Step 3 of 3, RUN echo the reason .*: exit code 7\n[^]*the reason/);
      return true;
    });
    assert.equal(await built.find(environment), undefined);
  });

  it('ends a build that nobody waits for any more', async () => {
    const environment = await defined({}, { Dockerfile: `FROM ${images.shell}\nRUN sleep 250\n` });
    const abort = new AbortController();
    const begun = Date.now();
    const build = built.build(environment, {
      onOutput: () => undefined,
      onStep: (step) => step === 2 && abort.abort(),
      signal: abort.signal,
    });
    await assert.rejects(build, ({ code }: TrainyardError) => code === 'CANCELLED');
    assert.ok(Date.now() - begun < 120_000);
    assert.equal(await built.find(environment), undefined);
  });

  it('says that an image to start from is gone, of a Dockerfile and without', async () => {
    const gone = 'trainyard-test/not-there:1';
    const build = await defined(
      {},
      { Dockerfile: `FROM ${images.shell} AS a\nFROM ${gone}\nCOPY --from=a /bin /bin\n` },
    );
    assert.match((await built.problemWith(build)) ?? '', /cannot be built.*trainyard-test\/not-there:1/);
    const added = await defined({ image: gone, pip: 'numpy\n' });
    assert.match((await built.problemWith(added)) ?? '', /cannot be built.*trainyard-test\/not-there:1/);
    assert.match((await built.problemWith(await defined({ pip: 'numpy\n' }))) ?? '', /names no image/);
  });
});
