import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildScriptJob } from '../../src/job/build.js';
import type { MetricPattern } from '../../src/job/spec.js';
import { findServer, shutdown } from '../../src/workspace/local/launch.js';
import { LocalWorkspace } from '../../src/workspace/local/workspace.js';
import { ACTIVE_STATES, type Run } from '../../src/workspace/types.js';
import { until } from './until.js';

export const serverEntry = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
export const cliEntry = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A home of its own with a git project beside it; the server is the real one, started when it is asked. */
export class TestHome {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-home-'));
  readonly home = path.join(this.root, 'home');
  readonly project = path.join(this.root, 'project');
  readonly workspace = new LocalWorkspace({ home: this.home, serverEntry });

  constructor() {
    fs.mkdirSync(this.project);
    this.write('README.md', '# A project\n');
    this.git('init', '-q', '-b', 'main');
    this.git('add', '-A');
    this.git('commit', '-qm', 'first');
  }

  write(name: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.project, name)), { recursive: true });
    fs.writeFileSync(path.join(this.project, name), text);
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    return execFileSync('git', [...who, ...args], { cwd: this.project, encoding: 'utf8' }).trim();
  }

  /** The command line, called in the project unless it is said otherwise. */
  cli(args: readonly string[], more: { cwd?: string; env?: Record<string, string> } = {}) {
    const { cwd = this.project, env } = more;
    // What the shell that runs the tests has chosen does not count.
    const own = { TRAINYARD_HOME: this.home, TRAINYARD_WORKSPACE: '' };
    return spawnSync(process.execPath, ['--', cliEntry, ...args], {
      cwd,
      env: { ...process.env, ...own, ...env },
      encoding: 'utf8',
    });
  }

  /** Submits a shell script. */
  async submit(
    script: string,
    more: {
      timeout?: number;
      secrets?: Record<string, string>;
      program?: string;
      metrics?: MetricPattern[];
    } = {},
  ) {
    const name = `job${Math.random().toString(36).slice(2)}.sh`;
    this.write(name, script);
    const spec = buildScriptJob({
      script: path.join(this.project, name),
      codeFolder: this.project,
      workingFolder: this.project,
      interpreter: more.program ?? '/bin/sh',
      timeout: more.timeout,
      metrics: more.metrics,
    });
    return this.workspace.jobs.submit(spec, { secrets: more.secrets });
  }

  async ended(id: string, seconds = 60): Promise<Run> {
    const look = async () => {
      const run = await this.workspace.run(id);
      return ACTIVE_STATES.includes(run.state) ? undefined : run;
    };
    return until(`the end of run ${id}`, look, seconds * 1000);
  }

  async log(id: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.workspace.jobs.log(id, {})) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  /** `kill -9`. */
  async killServer(): Promise<void> {
    process.kill((await this.workspace.status()).pid, 'SIGKILL');
  }

  async close(): Promise<void> {
    for (const { id, state, job } of (await this.workspace.runs({ lifecycle: 'all' })).runs)
      if (job && ACTIVE_STATES.includes(state)) await this.workspace.jobs.cancel(id);
    await stopServerOf(this.home);
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Ends the server of a home, if it has one, and waits for that. */
export async function stopServerOf(home: string): Promise<void> {
  const server = await findServer(home);
  if (server) await shutdown(server);
}
