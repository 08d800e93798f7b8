import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Engine } from '../../src/targets/docker/engine.js';
import { DockerHome } from '../integration/docker/home.js';
import { describeWithEngine } from '../support/engine.js';
import { until } from '../support/until.js';
import { OwnEngine } from './own-engine.js';
import { freePort } from './sshd.js';

describeWithEngine('an engine that is reached by TCP with TLS', function ({ images }) {
  this.timeout(240_000);
  const certificates = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-tls-'));
  const at = (...names: string[]) => path.join(certificates, ...names);
  let engine: OwnEngine;
  let test: DockerHome;
  let address: string;
  const { DOCKER_CERT_PATH, DOCKER_TLS_VERIFY } = process.env;
  before(async () => {
    for (const name of ['good', 'strange']) makeCertificates(at(name));
    const port = await freePort();
    address = `tcp://127.0.0.1:${port}`;
    engine = OwnEngine.dockerd(64, [
      '--host',
      address,
      '--tlsverify',
      ...['ca', 'cert', 'key'].flatMap((name) => [
        `--tls${name === 'ca' ? 'cacert' : name}`,
        at('good', `server-${name}.pem`),
      ]),
    ]);
    await engine.start();
    await engine.load(images.shell);
    Object.assign(process.env, { DOCKER_CERT_PATH: at('good'), DOCKER_TLS_VERIFY: '1' });
    test = new DockerHome(engine.docker, address);
    test.write('.gitignore', 'ignored/\n');
    test.write('ignored/data.txt', 'ignored');
    test.write('data.txt', 'submitted');
  });
  after(async () => {
    for (const [name, value] of Object.entries({ DOCKER_CERT_PATH, DOCKER_TLS_VERIFY }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await test.close();
    await engine.close();
    fs.rmSync(certificates, { recursive: true });
  });

  it('runs jobs, whose files are sent and come back', async () => {
    const text = `cat data.txt ignored/data.txt; echo err >&2; echo changed > data.txt
      echo x > ignored/mine; mkdir -p "$TRAINYARD_OUTPUT/deep"; echo model > "$TRAINYARD_OUTPUT/deep/m"; exit 3`;
    const id = await test.script(images.shell, text);
    const { state, exitCode } = await test.ending(id);
    assert.deepEqual([state, exitCode], ['failed', 3], await test.log(id));
    assert.equal(await test.log(id), 'submittedignorederr\n');
    assert.deepEqual(await test.outputs(id), ['data.txt', 'deep']);
    assert.deepEqual(fs.readdirSync(path.join(test.project, 'ignored')), ['data.txt']);
    await test.assertTidy();
  });

  it('is asked to end a job that was cancelled', async () => {
    const id = await test.script(
      images.shell,
      'trap "echo saved; exit 0" TERM; echo ready; while :; do sleep 0.1; done',
    );
    await test.logged(id, 'ready');
    const notThere = { code: 'NOT_SUPPORTED', message: /engine of another machine .* cannot be debugged/ };
    await assert.rejects(test.workspace.jobs.pythons!(id), notThere);
    await assert.rejects(test.workspace.jobs.debug!(id), notThere);
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ending(id)).state, 'cancelled');
    await until('the log', async () => (await test.log(id)).includes('saved'));
    await test.assertTidy();
  });

  it('is not used when it is not the one that is trusted, or does not trust the person', async () => {
    const problem = async (more: object) => {
      const other = new Engine({ host: address, ...more });
      await assert.rejects(other.info(), { code: 'TARGET_UNREACHABLE' });
      const said = await other
        .info()
        .catch((error: Error & { hint?: string }) => `${error.message} ${error.hint}`);
      other.close();
      return String(said);
    };
    // Of another authority; without one of the person's; without TLS.
    assert.match(await problem({ certificates: at('strange') }), /is not trusted.*ca\.pem/s);
    fs.mkdirSync(at('bare'));
    fs.copyFileSync(at('good', 'ca.pem'), at('bare', 'ca.pem'));
    assert.match(await problem({ certificates: at('bare') }), /does not trust you.*cert\.pem/s);
    assert.match(await problem({}), /speaks another protocol.*DOCKER_TLS_VERIFY/s);
    fs.copyFileSync(at('good', 'cert.pem'), at('bare', 'cert.pem'));
    assert.match(await problem({ certificates: at('bare') }), /incomplete: key\.pem is missing/);
    const good = new Engine({ host: address, certificates: at('good') });
    assert.match((await good.info()).title, /^Docker \d/);
    good.close();
  });
});

/** An authority, and what it has signed for 127.0.0.1 and for a person. */
function makeCertificates(folder: string): void {
  fs.mkdirSync(folder);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca-key.pem',
    '-out',
    'ca.pem',
  );
  for (const [name, uses] of [
    ['server-', 'serverAuth'],
    ['', 'clientAuth'],
  ]) {
    openssl('req', ...key, '-subj', `/CN=${uses}`, '-keyout', `${name}key.pem`, '-out', 'request.pem');
    fs.writeFileSync(path.join(folder, 'ext'), `subjectAltName=IP:127.0.0.1\nextendedKeyUsage=${uses}\n`);
    openssl(
      ...['x509', '-req', '-days', '2', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca-key.pem'],
      ...['-CAcreateserial', '-extfile', 'ext', '-out', `${name}cert.pem`],
    );
  }
  fs.copyFileSync(path.join(folder, 'ca.pem'), path.join(folder, 'server-ca.pem'));
}
