// The ssh server that tests of engines behind ssh start for themselves.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { aptInstall } from './setup.mjs';

const UNITS = ['ssh.service', 'ssh.socket'];

/** Installs it, and keeps the machine from letting anybody in by it: Debian starts and enables what it installs. */
export function ensureSshd() {
  if (fs.existsSync('/usr/sbin/sshd')) return;
  const systemctl = fs.existsSync('/run/systemd/system')
    ? (...args) => execFileSync('systemctl', [...args, ...UNITS], { stdio: 'inherit' })
    : () => undefined;
  systemctl('mask', '--runtime');
  try {
    aptInstall(['openssh-server', 'openssh-client']);
    systemctl('disable');
  } finally {
    systemctl('unmask', '--runtime');
  }
}
