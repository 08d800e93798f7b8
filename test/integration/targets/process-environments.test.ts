import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { TrainyardError } from '../../../src/base/errors.js';
import type { EnvironmentDefinition } from '../../../src/job/environment.js';
import { digestOf } from '../../../src/job/environment/digest.js';
import { KeptEnvironments } from '../../../src/targets/process/environments/kept.js';
import type { BuildProgress, DefinedEnvironment } from '../../../src/targets/target.js';

describe('environments of this machine', function () {
  this.timeout(300_000);
  let home: string;
  let wheel: string;
  let kept: KeptEnvironments;
  const steps: string[] = [];
  let printed = '';
  const progress = (signal?: AbortSignal): BuildProgress => ({
    onOutput: (text) => (printed += text),
    onStep: (step, of, text) => void steps.push(`${step}/${of} ${text}`),
    ...(signal && { signal }),
  });
  const defined = (definition: EnvironmentDefinition): DefinedEnvironment => ({
    ...{ kind: 'defined', name: 'e', version: '1', digest: digestOf(definition), definition },
  });

  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-environments-'));
    wheel = path.join(home, 'tiny_thing-1.5-py3-none-any.whl');
    execFileSync(process.env['TRAINYARD_TEST_PYTHON'] ?? 'python3', ['-c', WHEEL, wheel]);
  });
  after(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  beforeEach(() => {
    kept = new KeptEnvironments(home, pino({ level: 'silent' }));
    steps.length = 0;
    printed = '';
  });

  it('builds one once, also for two at once, and finds it afterwards', async () => {
    const environment = defined({ pip: `${wheel}\n` });
    assert.equal(await kept.find(environment), undefined);
    const [one, two] = await Promise.all([
      kept.build(environment, progress()),
      kept.build(environment, { onOutput: () => undefined, onStep: () => undefined }),
    ]);
    assert.deepEqual(one, two);
    assert.equal(one.packages?.['tiny-thing'], '1.5');
    assert.match(one.packages?.['python'] ?? '', /^3\.\d+\.\d+/);
    const told = execFileSync(one.at, ['-c', 'import tiny_thing; print(tiny_thing.VALUE)'], {
      encoding: 'utf8',
    });
    assert.equal(told.trim(), '42');
    assert.equal(steps.length, 3);
    assert.match(steps[1] ?? '', /^2\/3 Installing the requirements/);
    const folders = fs.readdirSync(path.join(kept.root, environment.digest));
    assert.equal(folders.length, 2);
    // The next server.
    const next = new KeptEnvironments(home, pino({ level: 'silent' }));
    assert.deepEqual(await next.find(environment), one);
    await next.remove(environment);
    assert.equal(await next.find(environment), undefined);
    await next.remove(environment);
  });

  it('builds again what was cut off', async () => {
    const environment = defined({ pip: '# nothing\n' });
    const left = path.join(kept.root, environment.digest, 'half-done');
    fs.mkdirSync(path.join(left, 'env', 'bin'), { recursive: true });
    assert.equal(await kept.find(environment), undefined);
    const { at } = await kept.build(environment, progress());
    assert.ok(fs.existsSync(at) && !fs.existsSync(left));
  });

  it('says which step failed, and what it printed', async () => {
    const environment = defined({ pip: `${path.join(home, 'not-there-1.0-py3-none-any.whl')}\n` });
    await assert.rejects(kept.build(environment, progress()), (error: TrainyardError) => {
      assert.equal(error.code, 'TARGET_FAILED');
      assert.match(error.message, /Installing the requirements failed: exit code \d+\n[^]*not-there/);
      return true;
    });
    assert.match(printed, /not-there/);
    assert.equal(await kept.find(environment), undefined);
    assert.deepEqual(fs.readdirSync(path.join(kept.root, environment.digest)), []);
  });

  if (process.platform === 'linux' && process.getuid?.() === 0)
    it('says that the disk is full, leaves nothing, and builds when there is room again', async () => {
      const small = path.join(home, 'small');
      fs.mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', small]);
      try {
        const there = new KeptEnvironments(small, pino({ level: 'silent' }));
        const environment = defined({ pip: '# in a small place\n' });
        const filler = path.join(small, 'filler');
        fs.writeFileSync(filler, Buffer.alloc(62 * 1024 * 1024));
        await assert.rejects(there.build(environment, progress()), (error: TrainyardError) => {
          assert.equal(error.code, 'TARGET_FAILED');
          assert.match(error.message, /Creating the virtual environment.*failed/);
          assert.match(error.message, /There is no room on the disk/);
          assert.match(error.hint ?? '', /Free some disk space/);
          return true;
        });
        assert.equal(await there.find(environment), undefined);
        assert.deepEqual(fs.readdirSync(path.join(there.root, environment.digest)), []);
        fs.rmSync(filler);
        assert.ok(fs.existsSync((await there.build(environment, progress())).at));
      } finally {
        execFileSync('umount', ['--lazy', small]);
      }
    });

  it('ends a build that nobody waits for any more', async () => {
    const environment = defined({ pip: `# another\n${wheel}\n` });
    const abort = new AbortController();
    const build = kept.build(environment, {
      onOutput: () => undefined,
      onStep: (step) => step === 1 && setTimeout(() => abort.abort(), 200),
      signal: abort.signal,
    });
    await assert.rejects(build, ({ code }: TrainyardError) => code === 'CANCELLED');
    assert.equal(await kept.find(environment), undefined);
    assert.ok((await kept.build(environment, progress())).packages?.['tiny-thing']);
  });
});

const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('tiny_thing.py', 'VALUE = 42\\n')
    info = 'tiny_thing-1.5.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny-thing\\nVersion: 1.5\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;
