/** The connection to an engine on a machine that is reached by ssh: the system's own, with its keys, agent and settings. */
import { type ChildProcess, spawn } from 'node:child_process';
import type http from 'node:http';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { hasCode, TrainyardError } from '../../base/errors.js';

export interface SshPlace {
  host: string;
  user?: string;
  port?: string;
  /** Of the engine's socket there; undefined: where the engine's own command finds it. */
  socket?: string;
}

/** undefined: not an address by ssh. @throws TARGET_UNREACHABLE (an address that cannot be right) */
export function sshPlace(address: string): SshPlace | undefined {
  if (!address.startsWith('ssh://')) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.hostname === '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TrainyardError('TARGET_UNREACHABLE', `“${address}” is not an address of a Docker engine.`, {
      hint: 'An address by ssh is like ssh://me@host or ssh://me@host:2222. It holds no password: ssh uses your keys.',
    });
  const socket = decodeURIComponent(url.pathname);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.username !== '' && { user: decodeURIComponent(url.username) }),
    ...(url.port !== '' && { port: url.port }),
    ...(socket !== '' && socket !== '/' && { socket }),
  };
}

/** Whatever it is asked, it does not ask a person, and a host that it does not know is refused. */
export function sshArguments({ host, user, port, socket }: SshPlace): string[] {
  const options = ['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=10', 'ServerAliveCountMax=3'];
  return [
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    '--',
    host,
    dialCommand(socket),
  ];
}

/** Docker's command, or Podman's where there is no other. */
function dialCommand(socket: string | undefined): string {
  const at = socket === undefined ? '' : quoted(`unix://${socket}`);
  const dial = (program: string, flag: string) =>
    `exec ${program} ${at === '' ? '' : `${flag} ${at} `}system dial-stdio`;
  const script = `command -v docker >/dev/null 2>&1 || ${dial('podman', '--url')}; ${dial('docker', '--host')}`;
  return `sh -c ${quoted(script)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** ssh, or the command there, has ended without an answer of the engine. */
export class SshError extends Error {
  readonly exitCode: number | null;

  constructor(said: string, exitCode: number | null) {
    super(said.trim().split('\n').slice(-3).join(' ') || `ssh ended with ${exitCode}`);
    this.name = 'SshError';
    this.exitCode = exitCode;
  }
}

/** Makes the connections of Node's HTTP client, and keeps some for the next request: each is a login. */
export async function sshAgent(place: SshPlace): Promise<http.Agent> {
  const { Agent } = await import('node:http');
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 8 });
  agent.createConnection = () => new SshConnection(sshArguments(place));
  return agent;
}

/** Bytes of what ssh says that are kept. */
const MOST_SAID = 4096;

class SshConnection extends Duplex {
  private readonly child: ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };
  private said = '';
  private isRead = false;
  /** undefined: it runs. */
  private ended: { code: number | null } | undefined;

  constructor(args: string[]) {
    super();
    this.child = spawn('ssh', args, { stdio: 'pipe', windowsHide: true });
    const { stdin, stdout, stderr } = this.child;
    stdout.on('data', (chunk) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stdout.on('end', () => {
      this.isRead = true;
      this.settle();
    });
    stderr.on('data', (chunk: Buffer) => (this.said = (this.said + chunk.toString()).slice(-MOST_SAID)));
    // What was written to a program that has ended; its end says why.
    stdin.on('error', () => undefined);
    this.child.once('error', (error) => this.destroy(error));
    this.child.once('exit', (code) => {
      this.ended = { code };
      this.settle();
    });
  }

  /** Its end is that of its output, or an error when ssh says so. */
  private settle(): void {
    if (!this.isRead || !this.ended) return;
    if (this.ended.code === 0) this.push(null);
    else this.destroy(new SshError(this.said, this.ended.code));
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    // An error is told by its end.
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  // What Node's HTTP client asks of a socket, and a pair of pipes does not have.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** What to do about an error of the connection; undefined: it is none of ssh's. */
export function sshProblem(
  error: unknown,
  { host, user, port }: SshPlace,
): { message: string; hint: string } | undefined {
  if (hasCode(error, 'ENOENT') && !(error instanceof SshError))
    return { message: 'The program ssh is missing.', hint: 'Install OpenSSH’s client.' };
  if (!(error instanceof SshError)) return undefined;
  const who = user === undefined ? host : `${user}@${host}`;
  const command = `ssh ${port === undefined ? '' : `-p ${port} `}${who}`;
  const said = error.message;
  if (/Host key verification failed|HOST IDENTIFICATION HAS CHANGED/i.test(said))
    return {
      message: `The key of ${host} is not the one that ssh knows, or it knows none.`,
      hint: `Connect once in a terminal and compare its key: ${command}`,
    };
  if (/Permission denied \(/.test(said))
    return {
      message: `${host} does not let you in by ssh: ${said}.`,
      hint: `Trainyard cannot answer questions. Put your key there (ssh-copy-id) and load it into the agent (ssh-add), until this works without one: ${command}`,
    };
  if (/permission denied/i.test(said))
    return {
      message: `You are not allowed to use the Docker engine on ${host}: ${said}.`,
      hint: `Add yourself to its group there: ${command} sudo usermod -aG docker '$USER'`,
    };
  if (error.exitCode === 127)
    return {
      message: `There is no Docker or Podman on ${host}.`,
      hint: `This has to work: ${command} docker version`,
    };
  if (error.exitCode === 255)
    return {
      message: `${host} was not reached by ssh: ${said}.`,
      hint: `This has to work without a question: ${command}`,
    };
  return {
    message: `The Docker engine on ${host} does not answer: ${said}.`,
    hint: `This has to work: ${command} docker version`,
  };
}
