import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { ifMissing, messageOf, TrainyardError } from '../../../base/errors.js';
import { folderBytes } from '../../../base/folder-bytes.js';
import type {
  BuildProgress,
  BuiltEnvironment,
  DefinedEnvironment,
  KeptEnvironment,
  TargetEnvironments,
} from '../../target.js';
import { readJson, writeJson } from '../files.js';
import { endBuilder } from './builder.js';
import { condaHere, make } from './make.js';
import { buildCancelled, Builds } from '../../shared/builds.js';
import { recipeOf } from '../../shared/recipe.js';

/** Written last: what has none was not finished. */
const READY = 'ready.json';
/** Bytes: with less room than this nothing can be installed. */
const FULL = 4 * 1024 * 1024;

interface Ready {
  interpreter: string;
  packages: Record<string, string>;
}

/**
 * Environments as folders of this machine, in `<home>/environments/<digest>`. Each attempt has a folder of its own there, as what
 * a killed server started may go on writing; `ready.json` names the one that was finished.
 */
export class KeptEnvironments implements TargetEnvironments {
  /** Absolute; all of them are below it. */
  readonly root: string;
  private readonly log: Logger;
  private readonly builds = new Builds();

  constructor(home: string, log: Logger) {
    this.root = path.join(home, 'environments');
    this.log = log;
  }

  /** Why it cannot be made here; undefined when it can. */
  async problemWith({ name, version, definition }: DefinedEnvironment): Promise<string | undefined> {
    const recipe = await recipeOf(definition, condaHere() !== undefined);
    return typeof recipe === 'string' ? `The environment ${name}:${version} ${recipe}.` : undefined;
  }

  async find({ digest }: DefinedEnvironment): Promise<BuiltEnvironment | undefined> {
    const folder = this.folderOf(digest);
    const ready = fs.existsSync(folder) ? readJson<Ready>(folder, READY) : undefined;
    if (!ready || !fs.existsSync(ready.interpreter)) return undefined;
    return { at: ready.interpreter, packages: ready.packages };
  }

  async build(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment> {
    if (progress.signal?.aborted) throw buildCancelled();
    const there = await this.find(environment);
    if (there) return there;
    const { digest } = environment;
    return this.builds.join(digest, progress, async (shared) => {
      try {
        return await this.make(environment, shared);
      } catch (error) {
        this.log.info({ err: error, digest }, 'an environment was not built');
        throw error;
      }
    });
  }

  /** With those that no build finished. */
  async list(): Promise<KeptEnvironment[]> {
    const digests = (await fs.promises.readdir(this.root).catch(ifMissing)) ?? [];
    return Promise.all(
      digests
        .filter((digest) => !this.builds.has(digest))
        .map(async (digest) => {
          const folder = this.folderOf(digest);
          const { mtimeMs: builtAt } = await fs.promises.stat(folder);
          return { digest, bytes: await folderBytes(folder), builtAt };
        }),
    );
  }

  async remove({ digest }: Pick<DefinedEnvironment, 'digest'>): Promise<void> {
    // First what says that it is there.
    await fs.promises.rm(path.join(this.folderOf(digest), READY), { force: true });
    await fs.promises.rm(this.folderOf(digest), { recursive: true, force: true, maxRetries: 5 });
  }

  private async make(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment> {
    const recipe = await recipeOf(environment.definition, condaHere() !== undefined);
    const { name, version, digest } = environment;
    if (typeof recipe === 'string')
      throw new TrainyardError('TARGET_FAILED', `The environment ${name}:${version} ${recipe}.`);
    const kept = this.folderOf(digest);
    await this.tidy(kept);
    const folder = path.join(kept, randomUUID());
    await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const made = await make(recipe, folder, progress);
      const ready: Ready = made;
      writeJson(kept, READY, ready);
      return { at: made.interpreter, packages: made.packages };
    } catch (error) {
      const { bavail, bsize } = await fs.promises.statfs(this.root);
      await this.removeFolder(folder);
      // Not every tool says what it failed for.
      if (!TrainyardError.is(error, 'TARGET_FAILED') || bavail * bsize > FULL) throw error;
      throw new TrainyardError('TARGET_FAILED', `${error.message}\nThere is no room on the disk.`, {
        hint: 'Free some disk space, and submit the job again.',
        cause: error,
      });
    }
  }

  /** Ends and removes what earlier attempts left. */
  private async tidy(kept: string): Promise<void> {
    if (!fs.existsSync(kept)) return;
    for (const entry of await fs.promises.readdir(kept, { withFileTypes: true })) {
      const left = path.join(kept, entry.name);
      if (entry.isDirectory()) await endBuilder(left);
      await this.removeFolder(left);
    }
  }

  private async removeFolder(folder: string): Promise<void> {
    try {
      await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // Something still writes there; the next attempt has another folder.
      this.log.warn({ folder, why: messageOf(error) }, 'what is left of a build was not removed');
    }
  }

  private folderOf(digest: string): string {
    return path.join(this.root, digest);
  }
}
