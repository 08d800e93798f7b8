import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type ContainerState, endedStatus } from '../../../../src/targets/docker/ended.js';
import { copyLog, Frames } from '../../../../src/targets/docker/engine-log.js';
import { entryOf, NOT_TOLD } from '../../../../src/targets/docker/entry.js';
import { limitsOf, problemsWith } from '../../../../src/targets/docker/limits.js';
import { codePlace } from '../../../../src/targets/docker/names.js';
import { parseMount, readSettings } from '../../../../src/targets/docker/settings.js';
import { type Sample, usageIn } from '../../../../src/targets/docker/stats.js';
import { Engine, type EngineInfo } from '../../../../src/targets/docker/engine.js';

describe('the settings of Docker', () => {
  it('have defaults, and say which of them is wrong', () => {
    assert.deepEqual(readSettings(), {
      host: '',
      image: '',
      mounts: [],
      caches: true,
      keepFailed: false,
      writableInputs: false,
    });
    assert.throws(() => readSettings({ caches: 'yes' }), { code: 'BAD_REQUEST', message: /docker\.caches/ });
    assert.throws(() => readSettings({ parallelJobs: -1 }), /docker\.parallelJobs/);
    assert.equal(readSettings({ parallelJobs: 3 }).parallelJobs, 3);
  });

  it('read mounts of every system', () => {
    assert.deepEqual(parseMount('/data:/data:ro'), { source: '/data', target: '/data', readOnly: true });
    assert.deepEqual(parseMount('/a:b c:/d'), { source: '/a:b c', target: '/d', readOnly: false });
    assert.deepEqual(parseMount('C:\\data:/d:rw'), { source: 'C:\\data', target: '/d', readOnly: false });
    for (const text of ['/data', 'data:/data', '/data:data', '', '/a:/b:rx'])
      assert.throws(() => parseMount(text), { code: 'BAD_REQUEST' }, text);
  });
});

describe('the code of a job', () => {
  it('stands in a container where the person has it, unless that is a folder of the system', () => {
    assert.equal(codePlace('/home/ada/project', 'r'), '/home/ada/project');
    for (const root of ['/', '/app', '/usr/src/app', '/etc/x', 'C:\\Users\\ada', '/lib64/x', '/a:b/c'])
      assert.equal(codePlace(root, 'r'), '/trainyard/jobs/r/code', root);
  });
});

describe('the output that an engine keeps', () => {
  const frame = (stream: number, text: string) => {
    const head = Buffer.alloc(8);
    head[0] = stream;
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };

  it('is read the same however its frames are cut', () => {
    const whole = Buffer.concat([
      frame(1, 'one\n'),
      frame(2, ''),
      frame(2, 'zwölf'),
      frame(1, 'x'.repeat(300)),
    ]);
    const expected = `one\nzwölf${'x'.repeat(300)}`;
    for (let size = 1; size <= whole.length; size++) {
      const frames = new Frames();
      const parts: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size)
        parts.push(...frames.take(Buffer.from(whole.subarray(at, at + size))));
      assert.equal(Buffer.concat(parts).toString(), expected, String(size));
    }
  });

  it('is whole also where the engine ends the stream of a follower early', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ty-log-'));
    const file = path.join(folder, 'output.log');
    fs.writeFileSync(file, 'of us\n');
    const all = [frame(1, 'first\n'), frame(2, 'last')];
    let followers = 0;
    const server = http.createServer(({ url }, response) => {
      const isCutOff = url?.includes('follow=true') && followers++ === 0;
      response.end(Buffer.concat(isCutOff ? all.slice(0, 1) : all));
    });
    try {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const engine = new Engine({ host: `tcp://127.0.0.1:${port}` });
      await copyLog(engine, 'run', { file, start: 6 }, new AbortController().signal);
      assert.equal(fs.readFileSync(file, 'utf8'), 'of us\nfirst\nlast');
      assert.equal(followers, 2);
    } finally {
      server.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('how a container ended', () => {
  const state = (more: Partial<ContainerState>): ContainerState => ({
    Status: 'exited',
    Running: false,
    OOMKilled: false,
    ExitCode: 0,
    Error: '',
    StartedAt: '2026-01-01T00:00:00Z',
    FinishedAt: '2026-01-01T00:00:05Z',
    ...more,
  });
  const place = { timeout: 9, image: 'i', program: 'python' };

  it('is told apart', () => {
    const end = (more: Partial<ContainerState>, ...rest: [Parameters<typeof endedStatus>[2]?, string?]) => {
      const { exitCode, signal, cause, reason } = endedStatus(
        state(more),
        place,
        ...(rest as [undefined, string]),
      );
      return [exitCode, signal, cause, reason];
    };
    assert.deepEqual(end({}), [0, undefined, 'exit', undefined]);
    assert.deepEqual(end({ ExitCode: 139 }), [139, 'SIGSEGV', 'exit', 'It was ended by SIGSEGV.']);
    assert.match(String(end({ ExitCode: 137 })[3]), /from outside/);
    assert.match(
      String(end({ ExitCode: 137, OOMKilled: true })[3]),
      /It was killed because it used more memory/,
    );
    assert.match(String(end({ ExitCode: 5, OOMKilled: true })[3]), /One of its processes/);
    assert.deepEqual(end({ ExitCode: 137 }, { why: 'cancelled', at: 1 }).slice(2), ['cancelled', undefined]);
    assert.deepEqual(end({ ExitCode: 143 }, { why: 'timeout', at: 1 }).slice(2), [
      'timeout',
      'It ran longer than its limit of 9 s.',
    ]);
    for (const said of [
      'sh: 1: exec: python: not found\n',
      'sh: exec: line 14: python: not found\n',
      '[FATAL tini (7)] exec python failed: No such file or directory\n',
    ])
      assert.deepEqual(end({ ExitCode: 127 }, undefined, said), [
        null,
        undefined,
        'spawn-failed',
        'python was not found in the image i.',
      ]);
    assert.equal(end({ ExitCode: 127 }, undefined, 'begun\nsh: x: not found\n')[2], 'exit');
  });
});

describe('what a container uses', () => {
  const cpu = (used: number, system: number) => ({
    cpu_usage: { total_usage: used },
    system_cpu_usage: system,
    online_cpus: 4,
  });
  const sample = (stats: Record<string, number>): Sample => ({
    cpu_stats: cpu(300, 2000),
    precpu_stats: cpu(100, 1200),
    memory_stats: { usage: 1000, stats },
    networks: { eth0: { rx_bytes: 5, tx_bytes: 6 }, eth1: { rx_bytes: 1, tx_bytes: 1 } },
  });

  it('is read of both versions of control groups', () => {
    const expected = { cpuPercent: 100, network: { receivedBytes: 6, sentBytes: 7 } };
    assert.deepEqual(usageIn(sample({ total_inactive_file: 400 })), { ...expected, memoryBytes: 600 });
    assert.deepEqual(usageIn(sample({ inactive_file: 300 })), { ...expected, memoryBytes: 700 });
    const first = { ...sample({}), precpu_stats: { cpu_usage: { total_usage: 0 } } };
    assert.equal(usageIn(first), undefined);
  });
});

describe('limits of a container', () => {
  const engine = {
    title: 'Docker 1',
    cores: 2,
    memoryBytes: 8e9,
    cannotLimit: [],
    hasGpus: false,
  } as unknown as EngineInfo;

  it('are refused clearly where the engine cannot keep them', () => {
    assert.deepEqual(problemsWith({ cpus: 2, memory: 1e9 }, engine), []);
    assert.match(problemsWith({ cpus: 3 }, engine)[0] ?? '', /wants 3 CPUs; Docker 1 has 2/);
    assert.match(problemsWith({ gpus: -1 }, engine)[0] ?? '', /NVIDIA Container Toolkit/);
    assert.deepEqual(problemsWith({ gpus: 0 }, engine), []);
    const old = { ...engine, cannotLimit: ['cpus', 'memory'] as const };
    assert.equal(problemsWith({ cpus: 1, memory: 1e9 }, old).length, 2);
    const [problem] = problemsWith({ memory: 1e9 }, { ...old, isRootless: true });
    assert.match(problem ?? '', /^Docker 1 runs without root .* the memory of a job\. Leave out the limit/);
    assert.equal(problemsWith({ instanceCount: 2, memory: 1 }, engine).length, 2);
  });

  it('are whole numbers of any size', () => {
    const limits = limitsOf({ cpus: 0.5, memory: 2 ** 40, shmSize: 2 ** 33, gpus: -1 });
    assert.deepEqual(limits, {
      NanoCpus: 5e8,
      Memory: 2 ** 40,
      MemorySwap: 2 ** 40,
      ShmSize: 2 ** 33,
      DeviceRequests: [{ Driver: '', Count: -1, Capabilities: [['gpu']] }],
    });
  });
});

describe('the first process of a container', function () {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  const words = ['sh', '-c', 'printf "<%s>" "$A" "$B" "$@"; cat', 'sh', 'a b', "it's", ''];

  function run(entry: ReturnType<typeof entryOf>, told: string) {
    const [program = '', ...args] = [...entry.entrypoint, ...entry.command];
    return execFileSync(program, args, { input: told, encoding: 'utf8' });
  }

  it('becomes the job with what it is told, whatever is in that', () => {
    const entry = entryOf(words, '');
    const odd = `a 'b' "c" $(d) \\ \n${entry.command[0]}x\n`;
    assert.equal(run(entry, entry.tell({ A: odd, B: 'b' })), `<${odd}><b><a b><it's><>`);
    // Podman lets the body of the request come first.
    assert.equal(run(entry, `{"stream":true}${entry.tell({ A: 'a', B: 'b' })}`), "<a><b><a b><it's><>");
  });

  it('runs nothing when it is not told all of it', () => {
    const entry = entryOf(words, '');
    for (const told of ['', "export A='x'\n", entry.tell({ A: 'x' }).slice(0, -2)])
      assert.throws(() => run(entry, told), { status: NOT_TOLD });
  });
});
