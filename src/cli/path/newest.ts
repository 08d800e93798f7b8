import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { isNewer } from '../../base/version.js';

/** The editor installs each version of an extension into a separate folder, and removes older ones later. */
const FOLDER = /^trainyard\.trainyard-(\d+\.\d+\.\d+)/;
/** A file beside them: an object whose keys are the obsolete folders. */
const OBSOLETE = '.obsolete';

export interface Installed {
  /** Absolute path of the command line. */
  cli: string;
  /** The oldest Node that it runs on, e.g. `22.19`. */
  nodeFloor: string;
}

/**
 * The newest installed version of the extension.
 * @param folder of the version that the command was installed from; a checkout is returned unchanged
 */
export function newestInstalled(folder: string): Installed | undefined {
  if (!FOLDER.test(path.basename(folder))) return installedIn(folder);
  const parent = path.dirname(folder);
  const obsolete = readJson(path.join(parent, OBSOLETE)) ?? {};
  return namesIn(parent)
    .filter((name) => FOLDER.test(name) && !Object.hasOwn(obsolete, name))
    .sort((a, b) => (isNewer(versionOf(a), versionOf(b)) ? -1 : isNewer(versionOf(b), versionOf(a)) ? 1 : 0))
    .map((name) => installedIn(path.join(parent, name)))
    .find((found) => found !== undefined);
}

const versionOf = (name: string) => FOLDER.exec(name)?.[1] ?? '0.0.0';

/** Undefined for an incomplete one that is being installed or removed. */
function installedIn(folder: string): Installed | undefined {
  const cli = path.join(folder, 'dist', 'cli.js');
  const manifest = readJson(path.join(folder, 'package.json')) as { engines?: { node?: string } } | undefined;
  if (!manifest || !fs.existsSync(cli)) return undefined;
  return { cli, nodeFloor: manifest.engines?.node?.replace('>=', '') ?? '0' };
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Undefined if it is missing or incomplete. */
function readJson(file: string): object | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as object;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
