import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { sshArguments, sshPlace } from '../../../../src/targets/docker/ssh.js';

describe('an address by ssh', () => {
  it('is read as Docker’s and Podman’s commands write it', () => {
    assert.deepEqual(sshPlace('ssh://gpu'), { host: 'gpu' });
    assert.deepEqual(sshPlace('ssh://me@gpu.example.com:2222'), {
      host: 'gpu.example.com',
      user: 'me',
      port: '2222',
    });
    assert.deepEqual(sshPlace('ssh://me@[::1]/run/user/1000/podman/podman.sock'), {
      host: '::1',
      user: 'me',
      socket: '/run/user/1000/podman/podman.sock',
    });
    assert.deepEqual(sshPlace('ssh://gpu/'), { host: 'gpu' });
    assert.equal(sshPlace('tcp://gpu:2376'), undefined);
    for (const address of ['ssh://', 'ssh://me:secret@gpu', 'ssh://gpu?x', 'ssh://gpu#x'])
      assert.throws(() => sshPlace(address), { code: 'TARGET_UNREACHABLE' }, address);
  });

  it('becomes words of which none is an option or a command of the address', () => {
    const words = sshArguments({ host: '-oProxyCommand=x', user: 'me', port: '22' });
    assert.deepEqual(words.slice(-7, -1), ['-l', 'me', '-p', '22', '--', '-oProxyCommand=x']);
    assert.ok(words.includes('BatchMode=yes'));
  });

  it('quotes the path of the socket for the shell there', () => {
    const socket = "/it's; touch x/$HOME.sock";
    const command = sshArguments({ host: 'h', socket }).at(-1) ?? '';
    // In place of the engine's command, one that shows its words.
    const shown = `docker() { for word in "$@"; do echo "<$word>"; done; }; export -f docker; ${command.replace('exec docker', 'docker')}`;
    const said = execFileSync('bash', ['-c', shown.replace("sh -c '", "bash -c '")], { encoding: 'utf8' });
    assert.equal(said, `<--host>\n<unix://${socket}>\n<system>\n<dial-stdio>\n`);
  });
});
