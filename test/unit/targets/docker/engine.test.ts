import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { Engine } from '../../../../src/targets/docker/engine.js';

/** The answers of Podman 4 on a machine with control groups of version 2, which no test machine has for users. */
const PODMAN = {
  '/version': { Version: '4.9.3', Components: [{ Name: 'Podman Engine' }] },
  '/info': {
    Name: 'm',
    NCPU: 4,
    MemTotal: 8e9,
    Images: 0,
    Rootless: true,
    MemoryLimit: true,
    CpuCfsQuota: true,
  },
};

describe('what an engine without root may limit', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-engine-'));
  const socket = path.join(scratch, 's');
  let host: object;
  const server = http.createServer(({ url = '' }, response) => {
    const answers: Record<string, unknown> = { ...PODMAN, '/v4.0.0/libpod/info': { host } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[url.replace('?', '')]));
  });
  before((done) => void server.listen(socket, done));
  after(() => {
    server.close();
    fs.rmSync(scratch, { recursive: true });
  });

  const cannotLimit = async (given: object) => {
    host = given;
    const info = await new Engine({ host: `unix://${socket}` }).info();
    assert.deepEqual([info.isRootless, info.major], [true, 4]);
    return info.cannotLimit;
  };

  it('is what was delegated to its user', async () => {
    const v2 = (...cgroupControllers: string[]) => ({ cgroupVersion: 'v2', cgroupControllers });
    assert.deepEqual(await cannotLimit(v2('cpu', 'memory', 'pids')), []);
    assert.deepEqual(await cannotLimit(v2('memory', 'pids')), ['cpus']);
    assert.deepEqual(await cannotLimit({ cgroupVersion: 'v2', cgroupControllers: null }), ['cpus', 'memory']);
    assert.deepEqual(await cannotLimit({ cgroupVersion: 'v1', cgroupControllers: ['cpu', 'memory'] }), [
      'cpus',
      'memory',
    ]);
  });
});
