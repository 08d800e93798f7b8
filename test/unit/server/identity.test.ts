import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identityOf, isSame } from '../../../src/targets/process/identity.js';

describe('identityOf', () => {
  it('stays the same while a process lives, and is gone with it', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const pid = child.pid ?? 0;
    const identity = await identityOf(pid);
    assert.ok(identity);
    assert.ok(await isSame(pid, identity));
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    assert.equal(await identityOf(pid), undefined);
    assert.equal(await isSame(pid, identity), false);
  });

  it('tells a process from one that had its pid before', async () => {
    const identity = await identityOf(process.pid);
    assert.ok(identity);
    assert.equal(await isSame(process.pid, `${identity}0`), false);
  });
});
