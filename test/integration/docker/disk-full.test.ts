import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithEngine } from '../../support/engine.js';
import { fillDisk } from '../../support/fill.js';
import { stopServerOf } from '../../support/home.js';
import { until } from '../../support/until.js';
import { DockerHome } from './home.js';

if (process.platform === 'linux' && process.getuid?.() === 0)
  describeWithEngine('a job in a container while the disk is full', ({ images }) => {
    let test: DockerHome;
    before(() => {
      test = new DockerHome();
      fs.mkdirSync(test.home);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=0700', 'tmpfs', test.home]);
    });
    after(async () => {
      await test.removeContainers();
      await stopServerOf(test.home);
      execFileSync('umount', ['--lazy', test.home]);
      fs.rmSync(test.root, { recursive: true, force: true, maxRetries: 5 });
    });

    it('learns of it as on this machine, and its end and files are kept when there is room again', async () => {
      const text = `echo kept > "$TRAINYARD_OUTPUT/first.txt"; echo started
        while ! test -e /trainyard/output/go; do sleep 0.1; done
        head -c 1000000 /dev/zero > "$TRAINYARD_OUTPUT/second.bin" || exit 7`;
      const id = await test.script(images.shell, text);
      await test.logged(id, 'started');
      const { pid } = await test.workspace.status();
      fillDisk(path.join(test.home, 'filler'));
      // An empty file needs no room.
      fs.writeFileSync(path.join(test.home, 'jobs', id, 'output', 'go'), '');
      await sleep(3000);
      fs.rmSync(path.join(test.home, 'filler'));
      const { state, exitCode } = await test.ending(id);
      assert.deepEqual([state, exitCode], ['failed', 7]);
      await until('its files', async () => (await test.outputs(id)).includes('first.txt'));
      assert.equal((await test.workspace.status()).pid, pid);
      await test.assertTidy();
    });
  });
