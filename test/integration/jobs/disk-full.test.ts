import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillDisk } from '../../support/fill.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

describe('a job that ends while the disk is full', () => {
  let test: TestHome;
  let mounted = false;

  before(function () {
    test = new TestHome();
    fs.mkdirSync(test.home);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m,mode=0700', 'tmpfs', test.home], {
        stdio: 'pipe',
      });
      mounted = true;
    } catch {
      // Only root may, on Linux.
      this.skip();
    }
  });
  after(async () => {
    const { root } = test;
    if (mounted) execFileSync('umount', ['--lazy', test.home]);
    await sleep(100);
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });

  it('ends as its process did, with its files, when there is room again', async () => {
    const { id } = await test.submit(
      'echo started; echo model > model.bin; while ! test -e ../go; do sleep 0.1; done; exit 7\n',
    );
    await until('the job to run', async () => (await test.log(id)).includes('started'));
    const { pid } = await test.workspace.status();
    fillDisk(path.join(test.home, 'filler'));
    fs.writeFileSync(path.join(test.root, 'go'), '');
    await sleep(3000);
    fs.rmSync(path.join(test.home, 'filler'));
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.equal(run.job?.exitCode, 7);
    assert.doesNotMatch(run.job?.reason ?? '', /supervisor was killed/);
    const kept = () =>
      test.workspace
        .files(id, 'outputs')
        .then((files) => files.some((file) => file.path === 'outputs/model.bin'));
    await until('its files', kept);
    assert.equal((await test.workspace.status()).pid, pid);
  });
});
