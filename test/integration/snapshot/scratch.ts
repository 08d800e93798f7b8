/** Real repositories in a temporary folder, with a git configuration of their own, and folders compared by the byte. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { archive } from '../../../src/snapshot/archive.js';
import { checkout } from '../../../src/snapshot/restore.js';
import { type Snapshot, type TakeOptions } from '../../../src/snapshot/snapshot.js';
import { take } from '../../../src/snapshot/take.js';

const CONFIG = `[user]
\tname = Person
\temail = person@localhost
[init]
\tdefaultBranch = main
[protocol "file"]
\tallow = always
`;

export class Scratch {
  /** The working folder under test. */
  readonly root: string;
  readonly base: string;
  readonly hiddenRoot: string;
  private before: NodeJS.ProcessEnv;
  private runs = 0;

  constructor() {
    this.base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-snapshot-')));
    this.root = path.join(this.base, 'work');
    this.hiddenRoot = path.join(this.base, 'hidden');
    fs.mkdirSync(this.root);
    const config = path.join(this.base, 'gitconfig');
    fs.writeFileSync(config, CONFIG);
    this.before = { ...process.env };
    Object.assign(process.env, { HOME: this.base, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: '1' });
  }

  dispose(): void {
    for (const name of ['HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM']) {
      const value = this.before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    fs.rmSync(this.base, { recursive: true, force: true });
  }

  git(...args: string[]): string {
    return this.gitIn(this.root, ...args);
  }

  gitIn(folder: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).replace(/\n$/, '');
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, content: string | Buffer, mode?: number): void {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    fs.writeFileSync(this.at(name), content);
    if (mode !== undefined) fs.chmodSync(this.at(name), mode);
  }

  commit(message = 'a commit'): string {
    this.git('add', '-A');
    this.git('commit', '-qm', message);
    return this.git('rev-parse', 'HEAD');
  }

  take(options: Partial<TakeOptions> = {}): Promise<Snapshot> {
    const runId = `run-${++this.runs}`;
    const { root: folder, hiddenRoot } = this;
    return take({ runId, folder, hiddenRoot, sizeLimit: 100e6, message: 'a run', ...options });
  }

  /** Names in the snapshot's tree, sorted; quoted as git does where they need it. */
  names(snapshot: Snapshot): string[] {
    return this.gitIn(snapshot.gitDir, 'ls-tree', '-r', '--name-only', snapshot.commit)
      .split('\n')
      .filter(Boolean);
  }

  async checkedOut(snapshot: Snapshot): Promise<string> {
    const folder = fs.mkdtempSync(path.join(this.base, 'out-'));
    await checkout(snapshot, folder);
    return folder;
  }

  /** What another machine makes of the archive. */
  async unpacked(snapshot: Snapshot): Promise<string> {
    const folder = fs.mkdtempSync(path.join(this.base, 'tar-'));
    const file = `${folder}.tar`;
    await pipeline(archive(snapshot), fs.createWriteStream(file));
    execFileSync('tar', ['-xf', file, '-C', folder]);
    return folder;
  }

  /** Takes and restores, and compares every byte; `except`: names (or folders) that are not to come back. */
  async assertExact(except: string[] = []): Promise<Snapshot> {
    const snapshot = await this.take();
    const restored = await this.checkedOut(snapshot);
    assert.deepEqual(contents(restored), without(contents(this.root), except));
    assert.deepEqual(contents(await this.unpacked(snapshot)), contents(restored));
    return snapshot;
  }
}

/** Every file: name in latin1 (one character a byte) → kind and content. Folders count by what is in them. */
export function contents(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: Buffer, prefix: string): void => {
    for (const name of fs.readdirSync(folder, { encoding: 'buffer' })) {
      if (name.toString() === '.git') continue;
      const full = Buffer.concat([folder, Buffer.from('/'), name]);
      const key = prefix + name.toString('latin1');
      const stat = fs.lstatSync(full);
      if (stat.isDirectory()) visit(full, `${key}/`);
      else if (stat.isSymbolicLink()) found[key] = `link ${fs.readlinkSync(full, 'latin1')}`;
      else found[key] = `${stat.mode & 0o100 ? 'exec' : 'file'} ${fs.readFileSync(full, 'latin1')}`;
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

export function without(all: Record<string, string>, except: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name]) => !except.some((left) => name === left || name.startsWith(`${left}/`)),
    ),
  );
}

/** Everything in a git folder that belongs to the person: content and time of each file but objects and ours. */
export function personsGit(gitDir: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(gitDir, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(gitDir, full);
    if (/^(objects|trainyard|refs\/trainyard)(\/|$)/.test(name) || !entry.isFile()) continue;
    found[name] = `${fs.statSync(full).mtimeMs} ${fs.readFileSync(full, 'latin1')}`;
  }
  return found;
}
