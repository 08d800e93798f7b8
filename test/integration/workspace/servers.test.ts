import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { readConfig } from '../../../src/workspace/mlflow/config.js';
import { MLFLOW_KIND } from '../../../src/workspace/mlflow/kind.js';
import { MlflowWorkspace } from '../../../src/workspace/mlflow/workspace.js';
import type { Seed } from '../../contract/workspace.js';
import { mlflowSeed } from '../../support/mlflow-seed.js';
import { answer, type Answering, makeAuthority, passOn } from '../../support/proxy.js';
import { type Peer, startMlflow, withPassword } from '../mlflow/peer.js';
import { hasPython, type PythonEnvironment } from '../mlflow/python.js';

function open(settings: object, secrets: Record<string, string> = {}): MlflowWorkspace {
  const config = readConfig({ id: 'team', name: 'Team', kind: 'mlflow', ...settings });
  return new MlflowWorkspace({ id: 'team', label: 'Team' }, config, {
    get: (name) => Promise.resolve(secrets[name]),
  });
}

/** Something of each part of the protocol. */
async function isWhole(workspace: MlflowWorkspace, seed: Seed, name: string): Promise<void> {
  const experiment = await seed.experiment(name);
  const id = await seed.run(experiment, { name: 'a run' });
  await seed.log(id, { points: [{ key: 'loss', value: 0.5, step: 1, timestamp: 1_000 }] });
  await seed.file(id, 'größe/notes.txt', Buffer.from('notes'));
  assert.ok((await workspace.experiments()).some((found) => found.name === name));
  const { runs } = await workspace.runs({ experimentIds: [experiment] });
  assert.deepEqual(
    runs.map((run) => [run.id, run.name]),
    [[id, 'a run']],
  );
  const [points] = await workspace.points([{ runId: id, key: 'loss', from: 0 }], 100);
  assert.deepEqual([...points!.values], [0.5]);
  assert.deepEqual(
    (await workspace.files(id, 'größe')).map(({ path }) => path),
    ['größe/notes.txt'],
  );
  assert.equal(Buffer.from(await workspace.readFile(id, 'größe/notes.txt')).toString(), 'notes');
  await workspace.edit.tag(id, { seen: 'yes' });
  assert.equal((await workspace.run(id)).tags['seen'], 'yes');
  await workspace.registry.models();
}

const withServer = (python: PythonEnvironment) => (hasPython(python) ? describe : describe.skip);

withServer('server2')('an MLflow server behind something', function () {
  this.timeout(300_000);
  let server: Peer;
  let seed: Seed;
  const standing: Answering[] = [];

  before(async () => {
    server = await startMlflow({ python: 'server2', args: ['--static-prefix', '/team'] });
    seed = mlflowSeed(`http://127.0.0.1:${server.port}`);
  });
  after(async () => {
    for (const one of standing) await one.close();
    await server?.close();
  });

  const stand = async (...args: Parameters<typeof answer>) => {
    const one = await answer(...args);
    standing.push(one);
    return one;
  };

  it('is found behind a proxy that takes its path away', async () => {
    const route = (path: string) =>
      path.startsWith('/tracking/') ? path.slice('/tracking'.length) : undefined;
    const { port } = await stand(passOn(server.port, route));
    await isWhole(open({ uri: `http://127.0.0.1:${port}/tracking/` }), seed, 'taken away');
    const wrong = open({ uri: `http://127.0.0.1:${port}/elsewhere` });
    await assert.rejects(wrong.experiments(), { code: 'SERVER_INCOMPATIBLE' });
  });

  it('is found below its own prefix, where only the routes of its pages are', async () => {
    const route = (path: string) => (path.startsWith('/team/') ? path : undefined);
    const { port, requests } = await stand(passOn(server.port, route));
    await isWhole(open({ uri: `http://127.0.0.1:${port}/team` }), seed, 'own prefix');
    const missed = requests.filter((request) => request.includes('/team/api/'));
    assert.equal(missed.length, 2, 'it knows the place after the first request');
  });

  it('speaks TLS with a certificate of an authority of its own', async () => {
    const authority = makeAuthority();
    try {
      const { port } = await stand(
        passOn(server.port, (path) => path),
        authority,
      );
      const uri = `https://127.0.0.1:${port}`;
      await isWhole(open({ uri, ca: authority.caFile }), seed, 'TLS');
      await assert.rejects(open({ uri }).experiments(), (error) => {
        assert.ok(TrainyardError.is(error, 'SERVER_UNREACHABLE'));
        assert.match(error.message, /certificate is not trusted/);
        assert.match(error.hint ?? '', /certificate of its authority/);
        return true;
      });
      const named = open({ uri: `https://localhost:${port}`, ca: authority.caFile });
      await assert.rejects(named.experiments(), /another host/);
    } finally {
      authority.dispose();
    }
  });

  it('wants a header of its own', async () => {
    const pass = passOn(server.port, (path) => path);
    const { port } = await stand((request, response) => {
      if (request.headers['x-api-key'] === 'k1') pass(request, response);
      else response.writeHead(401).end('no key');
    });
    const settings = { uri: `http://127.0.0.1:${port}`, auth: 'header', header: 'X-API-Key' };
    await isWhole(open(settings, { headerValue: 'k1' }), seed, 'header');
    await assert.rejects(open(settings, { headerValue: 'k2' }).experiments(), { code: 'UNAUTHENTICATED' });
  });

  it('is slow, and others do not wait for it', async () => {
    const pass = passOn(server.port, (path) => path);
    const { port } = await stand((request, response) => {
      setTimeout(() => {
        if (!request.destroyed) pass(request, response);
      }, 1_500);
    });
    const uri = `http://127.0.0.1:${port}`;
    await assert.rejects(open({ uri, timeout: 0.3 }).experiments(), { code: 'SERVER_UNREACHABLE' });
    assert.ok((await open({ uri, timeout: 20 }).experiments()).length > 0);
  });

  it('is checked once before it is added', async () => {
    const surroundings = {
      home: '',
      serverEntry: '',
      credentials: { get: () => Promise.resolve(undefined) },
    };
    const entry = { id: 'team', name: 'Team', kind: 'mlflow', uri: `http://127.0.0.1:${server.port}` };
    assert.match(await MLFLOW_KIND.check!(entry, surroundings), /^MLflow 2\.\d+/);
    await assert.rejects(MLFLOW_KIND.check!({ ...entry, uri: 'http://127.0.0.1:1' }, surroundings), {
      code: 'SERVER_UNREACHABLE',
    });
  });
});

withServer('server2')('an MLflow server that asks for a password', function () {
  this.timeout(300_000);
  let server: Peer;
  const admin = { user: 'admin', password: 'password1234567' };

  before(async () => {
    server = await startMlflow(withPassword(admin));
  });
  after(async () => server?.close());

  const code = ({ user, password }: typeof admin) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const as = ({ user, password }: typeof admin) =>
    open({ uri: `http://127.0.0.1:${server.port}`, auth: 'basic', user }, { password });

  it('lets in who has it', async () => {
    const seed = mlflowSeed(`http://127.0.0.1:${server.port}`, { authorization: code(admin) });
    await isWhole(as(admin), seed, 'with a password');
  });

  it('says who is not let in, and what is wanted', async () => {
    const wrong = as({ ...admin, password: 'not the password' });
    for (const call of [wrong.experiments(), wrong.run('a'), wrong.version()])
      await assert.rejects(call, (error) => {
        assert.ok(TrainyardError.is(error, 'UNAUTHENTICATED'), String(error));
        assert.match(error.hint ?? '', /Set the credentials/);
        assert.doesNotMatch(error.message, /not the password/);
        return true;
      });
    const nobody = open({ uri: `http://127.0.0.1:${server.port}` });
    await assert.rejects(nobody.experiments(), { code: 'UNAUTHENTICATED' });
  });

  it('says what somebody may not do', async () => {
    const reader = { user: 'reader', password: 'password7654321' };
    const made = await fetch(`http://127.0.0.1:${server.port}/api/2.0/mlflow/users/create`, {
      method: 'POST',
      headers: { authorization: code(admin), 'content-type': 'application/json' },
      body: JSON.stringify({ username: reader.user, password: reader.password }),
    });
    assert.equal(made.status, 200);
    const seed = mlflowSeed(`http://127.0.0.1:${server.port}`, { authorization: code(admin) });
    const experiment = await seed.experiment('read only');
    const id = await seed.run(experiment, { name: 'a run' });
    assert.equal((await as(reader).run(id)).name, 'a run');
    await assert.rejects(as(reader).edit.rename(id, 'mine'), { code: 'FORBIDDEN' });
    assert.equal((await as(admin).run(id)).name, 'a run');
  });
});
