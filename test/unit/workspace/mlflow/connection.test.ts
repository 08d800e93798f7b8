import assert from 'node:assert/strict';
import { type ErrorCode, TrainyardError } from '../../../../src/base/errors.js';
import { readConfig } from '../../../../src/workspace/mlflow/config.js';
import { MlflowWorkspace } from '../../../../src/workspace/mlflow/workspace.js';
import { answer, type Answering } from '../../../support/proxy.js';
import { freePort } from '../../../support/tools.js';

function open(settings: object, all: Record<string, string> = {}): MlflowWorkspace {
  const config = readConfig({
    id: 'team',
    name: 'Team',
    kind: 'mlflow',
    uri: 'http://127.0.0.1',
    ...settings,
  });
  return new MlflowWorkspace({ id: 'team', label: 'Team' }, config, {
    get: (name) => Promise.resolve(all[name]),
  });
}

const page = (title: string) => `<!doctype html><html><title>${title}</title></html>`;

describe('an MLflow server that is not as it should be', () => {
  const servers: Answering[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function start(...args: Parameters<typeof answer>): Promise<Answering & { uri: string }> {
    const server = await answer(...args);
    servers.push(server);
    return { ...server, uri: `http://127.0.0.1:${server.port}` };
  }

  async function rejects(
    call: Promise<unknown>,
    code: ErrorCode,
    words: RegExp,
    hint: RegExp,
  ): Promise<void> {
    await assert.rejects(call, (error) => {
      assert.ok(TrainyardError.is(error), String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.match(error.hint ?? '', hint);
      return true;
    });
  }

  it('is down', async () => {
    const uri = `http://127.0.0.1:${await freePort()}`;
    await rejects(
      open({ uri }).experiments(),
      'SERVER_UNREACHABLE',
      /nothing listens there/,
      /that the server runs/,
    );
  });

  it('has no such name', async () => {
    const uri = 'http://no-such-host.invalid';
    await rejects(open({ uri }).experiments(), 'SERVER_UNREACHABLE', /no-such-host\.invalid/, /Check/);
  });

  it('does not answer in time, before its head or in its body', async () => {
    const silent = await start(() => undefined);
    const began = Date.now();
    const { uri } = silent;
    await rejects(
      open({ uri, timeout: 0.2 }).experiments(),
      'SERVER_UNREACHABLE',
      /did not answer within 0\.2 s/,
      /longer time/,
    );
    assert.ok(Date.now() - began < 5_000);
    const half = await start((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"experiments": [');
    });
    await rejects(
      open({ uri: half.uri, timeout: 0.2 }).experiments(),
      'SERVER_UNREACHABLE',
      /did not answer within 0\.2 s/,
      /longer time/,
    );
  });

  it('answers with pages', async () => {
    const { uri } = await start((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(page('Sign in')),
    );
    for (const call of [open({ uri }).experiments(), open({ uri }).version(), open({ uri }).run('x')])
      await rejects(call, 'SERVER_INCOMPATIBLE', /a web page \(“Sign in”\)/, /Check the address/);
  });

  it('is something else', async () => {
    const { uri } = await start((_, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end(page('404')),
    );
    await rejects(
      open({ uri }).experiments(),
      'SERVER_INCOMPATIBLE',
      /no MLflow tracking server/,
      /Check the address/,
    );
    await rejects(
      open({ uri }).registry.models(),
      'SERVER_INCOMPATIBLE',
      /no MLflow tracking server/,
      /address/,
    );
  });

  it('sends elsewhere: to a sign-in, to HTTPS', async () => {
    const signIn = await start((_, response) =>
      response.writeHead(302, { location: 'https://idp.example.com/oauth2/authorize?x=1' }).end(),
    );
    await rejects(
      open({ uri: signIn.uri, auth: 'token' }, { token: 't' }).experiments(),
      'SERVER_INCOMPATIBLE',
      /to https:\/\/idp\.example\.com\/oauth2\/authorize/,
      /for a token/,
    );
    const secure = await start((request, response) =>
      response.writeHead(301, { location: `https://127.0.0.1${request.url}` }).end(),
    );
    await rejects(
      open({ uri: secure.uri }).experiments(),
      'SERVER_INCOMPATIBLE',
      /sends/,
      /begins with https/,
    );
  });

  it('does not know who asks, or does not let them', async () => {
    const unknown = await start((_, response) =>
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="mlflow"' })
        .end('You are not authenticated.'),
    );
    await rejects(
      open({ uri: unknown.uri }).experiments(),
      'UNAUTHENTICATED',
      /wants a user name and a password/,
      /Set the credentials/,
    );
    const forbidden = await start((_, response) => response.writeHead(403).end('Permission denied'));
    await rejects(open({ uri: forbidden.uri }).experiments(), 'FORBIDDEN', /does not allow/, /Ask/);
  });

  it('speaks HTTP where HTTPS is asked for', async () => {
    const { port } = await start((_, response) => response.end('{}'));
    await rejects(
      open({ uri: `https://127.0.0.1:${port}` }).experiments(),
      'SERVER_UNREACHABLE',
      /does not speak HTTPS/,
      /http:\/\//,
    );
  });

  it('is asked again when it was busy for a moment, but never twice to make something', async () => {
    let busy = 2;
    const { uri, requests } = await start((request, response) => {
      if (request.url?.includes('create') || busy-- > 0) response.writeHead(503).end('busy');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"experiments": []}');
    });
    assert.deepEqual(await open({ uri }).experiments(), []);
    assert.equal(requests.length, 3);
    requests.length = 0;
    busy = 0;
    const source = { modelId: 'm-1' };
    await assert.rejects(open({ uri }).registry.register(source, 'name'));
    assert.ok(requests.filter((request) => request.includes('create')).length <= 1, requests.join('\n'));
  });

  it('cuts a connection once', async () => {
    let cut = 1;
    const { uri, requests } = await start((request, response) => {
      if (cut-- > 0) request.socket.destroy();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"experiments": []}');
    });
    assert.deepEqual(await open({ uri }).experiments(), []);
    assert.equal(requests.length, 2);
  });

  it('never gets a secret that is another one’s, and no message shows one', async () => {
    const other = await start((_, response) => response.end('{}'));
    const { uri } = await start((_, response) =>
      response.writeHead(307, { location: `${other.uri}/api/2.0/mlflow/experiments/search` }).end(),
    );
    const workspace = open({ uri, auth: 'token' }, { token: 'hunter2' });
    await assert.rejects(workspace.experiments(), (error) => {
      assert.ok(TrainyardError.is(error));
      assert.doesNotMatch(JSON.stringify(error.toData()), /hunter2/);
      return true;
    });
    assert.deepEqual(other.requests, []);
  });

  it('is asked with the file of an authority, which is there and one', async () => {
    const uri = 'https://127.0.0.1:1';
    await rejects(
      open({ uri, ca: '/no/such.pem' }).experiments(),
      'BAD_REQUEST',
      /no such file/,
      /path of the file/,
    );
    await rejects(
      open({ uri, ca: import.meta.filename }).experiments(),
      'BAD_REQUEST',
      /no certificate/,
      /PEM|BEGIN/,
    );
  });

  it('is left alone while nobody listens', async () => {
    const { uri, requests } = await start((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    );
    const workspace = open({ uri });
    const { dispose } = workspace.onEvent(() => undefined);
    await waitFor(() => requests.length > 0);
    dispose();
    const count = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.ok(requests.length <= count + 4, 'what was under way may still come');
    const later = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(requests.length, later);
  }).timeout(20_000);

  it('tells with a reset that it is back', async () => {
    let isDown = false;
    const { uri, requests } = await start((_, response) => {
      if (isDown) response.writeHead(500).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const events: string[] = [];
    const { dispose } = open({ uri }).onEvent(({ type }) => events.push(type));
    await waitFor(() => requests.length >= 2);
    isDown = true;
    const before = requests.length;
    await waitFor(() => requests.length > before);
    isDown = false;
    await waitFor(() => events.includes('reset'));
    dispose();
    assert.deepEqual(events, ['reset']);
  }).timeout(60_000);
});

async function waitFor(isThere: () => boolean): Promise<void> {
  for (const end = Date.now() + 50_000; !isThere();) {
    if (Date.now() > end) throw new Error('Waited too long.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
