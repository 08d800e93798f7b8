import { type ChildProcess, spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { until } from '../support/until.js';

const isRoot = process.getuid?.() === 0;

/**
 * An engine of a test's own, to be stopped and filled up without disturbing others: its images, containers and sockets are in a
 * small disk in memory, and its bridges in the network that .ci/tools/test.mjs gives to these tests.
 */
export class OwnEngine {
  readonly folder: string;
  readonly address: string;
  readonly docker: Docker;
  /** More arguments for its next start. */
  readonly flags: string[] = [];
  private readonly program: (folder: string) => string[];
  private process: ChildProcess | undefined;

  /** @param program and arguments, with the folder for all that it keeps; it listens on `api.sock` there */
  constructor(program: (folder: string) => string[], { megabytes }: { megabytes: number }) {
    // Other users than root have no disk to mount; theirs is in memory already (.ci/tools/rootless.mjs).
    this.folder = fs.mkdtempSync(path.join(isRoot ? os.tmpdir() : os.homedir(), 'trainyard-engine-'));
    if (isRoot) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.folder]);
    const socketPath = path.join(this.folder, 'api.sock');
    this.address = `unix://${socketPath}`;
    this.docker = new Docker({ socketPath });
    this.program = program;
  }

  static dockerd(megabytes: number, flags: string[] = []): OwnEngine {
    const program = (folder: string) => [
      'dockerd',
      ...['--host', `unix://${folder}/api.sock`, '--data-root', `${folder}/data`],
      ...['--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`, ...flags],
    ];
    return new OwnEngine(program, { megabytes });
  }

  /** For a user who is not root. */
  static rootlessDockerd(flags: string[] = []): OwnEngine {
    const program = (folder: string) => [
      'dockerd-rootless.sh',
      ...['--host', `unix://${folder}/api.sock`, '--data-root', `${folder}/data`],
      ...['--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`, ...flags],
    ];
    return new OwnEngine(program, { megabytes: 64 });
  }

  static podman(megabytes = 64): OwnEngine {
    const program = (folder: string) => [
      'podman',
      ...['--root', `${folder}/root`, '--runroot', `${folder}/run`, '--tmpdir', `${folder}/tmp`],
      ...['--cgroup-manager', 'cgroupfs', 'system', 'service', '--time=0', `unix://${folder}/api.sock`],
    ];
    return new OwnEngine(program, { megabytes });
  }

  async start(): Promise<void> {
    const [program, ...args] = [...this.program(this.folder), ...this.flags] as [string, ...string[]];
    const log = fs.openSync(path.join(this.folder, 'log'), 'a');
    this.process = spawn(program, args, { stdio: ['ignore', log, log] });
    fs.closeSync(log);
    await until(
      'the engine to answer',
      () =>
        this.docker.version().then(
          () => true,
          () => false,
        ),
      60_000,
    ).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${fs.readFileSync(path.join(this.folder, 'log'), 'utf8').slice(-2000)}`,
      );
    });
  }

  /** As a person or an update of the system does. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { process: daemon } = this;
    if (!daemon || !this.isRunning()) return;
    const ended = once(daemon, 'exit');
    daemon.kill(signal);
    await ended;
  }

  private isRunning(): boolean {
    return this.process?.exitCode === null && this.process.signalCode === null;
  }

  /** An image of the engine that the other tests use. */
  async load(image: string): Promise<void> {
    const { TRAINYARD_TEST_IMAGES: folder } = process.env;
    const archive =
      folder === undefined
        ? await new Docker().getImage(image).get()
        : fs.createReadStream(path.join(folder, `${image.replaceAll(/[/:]/g, '-')}.tar`));
    const answer = await this.docker.loadImage(archive as never);
    answer.resume();
    await once(answer, 'end');
    await this.docker.getImage(image).inspect();
  }

  /** With the containers that are left. */
  async close(): Promise<void> {
    if (!this.isRunning()) await this.start();
    for (const { Id } of await this.docker.listContainers({ all: true }))
      await this.docker.getContainer(Id).remove({ force: true });
    await this.stop();
    if (!isRoot) return;
    execFileSync('umount', ['--recursive', '--lazy', this.folder]);
    fs.rmdirSync(this.folder);
  }
}
