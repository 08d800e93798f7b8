import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until.js';

/** A machine that is reached by ssh: this one, by a server of the test's own and a client that knows nothing else. */
export class Sshd {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-sshd-'));
  port = 0;
  private server: ChildProcess | undefined;
  private readonly before = process.env['PATH'];

  /** As DOCKER_HOST has it. */
  address(port = this.port): string {
    return `ssh://root@127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const at = (name: string) => path.join(this.folder, name);
    for (const key of ['host', 'user', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
    this.port = await freePort();
    const lines = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('user.pub')}`,
      `PidFile ${at('pid')}`,
      ...['UsePAM no', 'StrictModes no', 'PermitRootLogin yes', 'PasswordAuthentication no'],
      'MaxStartups 100',
    ];
    fs.writeFileSync(at('sshd_config'), lines.join('\n'));
    const [type, key] = fs.readFileSync(at('host.pub'), 'utf8').split(' ');
    fs.writeFileSync(at('known_hosts'), `[127.0.0.1]:${this.port} ${type} ${key}\n`);
    this.know('known_hosts', 'user');
    // The program ssh reads its settings from the home of the account, whatever HOME says.
    fs.mkdirSync(at('bin'));
    fs.writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('ssh_config')} "$@"\n`, {
      mode: 0o755,
    });
    process.env['PATH'] = `${at('bin')}:${this.before}`;
    fs.mkdirSync('/run/sshd', { recursive: true });
    await this.serve();
  }

  /** What the client trusts, and whom it says it is. */
  know(hosts: string, key: string): void {
    const at = (name: string) => path.join(this.folder, name);
    const lines = ['Host *', `UserKnownHostsFile ${at(hosts)}`, 'GlobalKnownHostsFile none'];
    lines.push(`IdentityFile ${at(key)}`, 'IdentitiesOnly yes', 'IdentityAgent none');
    fs.writeFileSync(at('ssh_config'), lines.join('\n'));
  }

  async serve(): Promise<void> {
    const arguments_ = ['-D', '-e', '-f', path.join(this.folder, 'sshd_config')];
    const log = fs.openSync(path.join(this.folder, 'log'), 'a');
    this.server = spawn('/usr/sbin/sshd', arguments_, { stdio: ['ignore', log, log], detached: true });
    fs.closeSync(log);
    await until('sshd to answer', () => answers(this.port), 20_000);
  }

  /** As a cut of the network does: with all of its connections. */
  async stop(): Promise<void> {
    const { server } = this;
    if (!server?.pid || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    for (const pid of descendantsOf(server.pid)) process.kill(pid, 'SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    process.env['PATH'] = this.before;
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function descendantsOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] => [
    parent,
    ...rows.filter(([, of]) => of === parent).flatMap(([child]) => below(child)),
  ];
  return below(pid);
}

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
