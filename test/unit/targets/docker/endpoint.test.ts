import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connectionOf, findEndpoint, isLocal } from '../../../../src/targets/docker/endpoint.js';

type Connection = { protocol: string; host: string; port: string; agent: https.Agent };

describe('the Docker engine is found', () => {
  let userHome: string;
  before(() => (userHome = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-endpoint-'))));
  after(() => fs.rmSync(userHome, { recursive: true, force: true }));

  const find = (
    setting: string,
    env: Record<string, string> = {},
    { sockets = [] as string[], closed = [] as string[], platform = 'linux' as NodeJS.Platform } = {},
  ) =>
    findEndpoint(setting, {
      env,
      platform,
      userHome,
      exists: (file) => sockets.includes(file) || (file.startsWith(userHome) && fs.existsSync(file)),
      mayUse: (socket) => !closed.includes(socket),
    });

  function context(name: string, host: string, { hasTls = false, skipVerify = false } = {}): void {
    const folder = createHash('sha256').update(name).digest('hex');
    const meta = path.join(userHome, '.docker/contexts/meta', folder);
    fs.mkdirSync(meta, { recursive: true });
    fs.writeFileSync(
      path.join(meta, 'meta.json'),
      JSON.stringify({ Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: skipVerify } } }),
    );
    if (!hasTls) return;
    const tls = path.join(userHome, '.docker/contexts/tls', folder, 'docker');
    fs.mkdirSync(tls, { recursive: true });
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) fs.writeFileSync(path.join(tls, file), file);
  }

  it('by the setting, before DOCKER_HOST, before the context, before the usual places', () => {
    context('colima', 'unix:///colima.sock');
    fs.writeFileSync(
      path.join(userHome, '.docker/config.json'),
      JSON.stringify({ currentContext: 'colima' }),
    );
    const env = { DOCKER_HOST: 'tcp://build:2375' };
    assert.equal(find('unix:///mine.sock', env).host, 'unix:///mine.sock');
    assert.deepEqual(find('', env), { host: 'tcp://build:2375', source: 'DOCKER_HOST' });
    assert.deepEqual(find(''), { host: 'unix:///colima.sock', source: 'the Docker context “colima”' });
    assert.equal(find('', { DOCKER_CONTEXT: 'default' }).host, 'unix:///var/run/docker.sock');
    fs.rmSync(path.join(userHome, '.docker/config.json'));
    assert.equal(find('').host, 'unix:///var/run/docker.sock');
  });

  it('as a context that the setting names, with its certificates', async () => {
    context('gpu box', 'tcp://gpu:2376', { hasTls: true });
    const endpoint = find('gpu box');
    assert.equal(endpoint.host, 'tcp://gpu:2376');
    const { protocol, host, port, agent } = (await connectionOf(endpoint)) as Connection;
    const { ca, cert, key } = agent.options;
    assert.deepEqual(
      [protocol, host, port, ca, cert, key],
      ['https', 'gpu', '2376', 'ca.pem', 'cert.pem', 'key.pem'],
    );
    assert.throws(() => find('no such'), {
      code: 'TARGET_UNREACHABLE',
      message: /no Docker context “no such”/,
    });
  });

  it('at the first of the usual sockets that is there, those of Podman last', () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/1000' };
    const podman = '/run/user/1000/podman/podman.sock';
    const rootless = '/run/user/1000/docker.sock';
    assert.equal(find('', env, { sockets: [podman] }).host, `unix://${podman}`);
    assert.equal(find('', env, { sockets: [podman, rootless] }).host, `unix://${rootless}`);
    const machine = '/var/run/docker.sock';
    assert.equal(find('', env, { sockets: [machine, rootless] }).host, `unix://${machine}`);
    const closed = [machine];
    assert.equal(find('', env, { sockets: [machine, podman], closed }).host, `unix://${podman}`);
    assert.equal(find('', env, { sockets: [machine], closed }).host, `unix://${machine}`);
    const colima = path.join(userHome, '.colima/default/docker.sock');
    assert.equal(find('', {}, { sockets: [colima], platform: 'darwin' }).host, `unix://${colima}`);
    assert.equal(find('', {}, { platform: 'win32' }).host, 'npipe:////./pipe/docker_engine');
  });

  it('with TLS when DOCKER_TLS_VERIFY asks for it, and with a clear word when a certificate is missing', async () => {
    const env = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/none' };
    const endpoint = find('', env);
    assert.equal(endpoint.certificates, '/none');
    await assert.rejects(connectionOf(endpoint), { code: 'TARGET_UNREACHABLE', message: /certificate/ });
    const bare = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1' };
    assert.equal(find('', bare).certificates, path.join(userHome, '.docker'));
    assert.equal(find('', { ...bare, DOCKER_HOST: 'ssh://h' }).certificates, undefined);
  });

  it('as a context that trusts whoever answers', async () => {
    context('dev', 'tcp://dev:2376', { skipVerify: true });
    const endpoint = find('dev');
    assert.equal(endpoint.skipVerify, true);
    const { protocol, agent } = (await connectionOf(endpoint)) as Connection;
    assert.deepEqual([protocol, agent.options.rejectUnauthorized], ['https', false]);
  });

  it('is of this machine when its socket is', async () => {
    assert.ok(isLocal({ host: 'unix:///s' }));
    assert.ok(isLocal({ host: 'npipe:////./pipe/p' }));
    assert.ok(!isLocal({ host: 'tcp://127.0.0.1:2375' }));
    assert.equal((await connectionOf({ host: 'unix:///a b.sock' })).socketPath, '/a b.sock');
    assert.ok(!isLocal({ host: 'ssh://me@h' }));
    await assert.rejects(connectionOf({ host: 'ftp://x' }), { code: 'TARGET_UNREACHABLE' });
  });
});
