import fs from 'node:fs';
import path from 'node:path';
import type { ServerSettings } from '../workspace/types.js';
import { writeFileAtomic } from '../base/write-file.js';

const DEFAULTS: ServerSettings = {
  parallelJobs: 2,
  snapshotSizeLimit: 100 * 1024 * 1024,
  grace: 10,
  idleExit: 15,
  dataCacheLimit: 20_000_000_000,
};

/** `<home>/settings.json`: settings that override the defaults. */
export class Settings {
  private readonly file: string;
  private set: Partial<ServerSettings>;

  /** @throws SyntaxError if the file is not JSON, rather than silently losing settings */
  constructor(home: string) {
    this.file = path.join(home, 'settings.json');
    this.set = fs.existsSync(this.file)
      ? (JSON.parse(fs.readFileSync(this.file, 'utf8')) as Partial<ServerSettings>)
      : {};
  }

  get current(): ServerSettings {
    return { ...DEFAULTS, ...this.set };
  }

  change(settings: Partial<ServerSettings>): ServerSettings {
    this.set = { ...this.set, ...settings };
    writeFileAtomic(this.file, JSON.stringify(this.set, null, 2));
    return this.current;
  }
}
