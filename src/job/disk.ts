import fs from 'node:fs';

/**
 * What is asked of a disk when programs are looked for. Nothing throws for what is missing, forbidden, a circle of
 * links, or otherwise odd: such a thing is not there.
 */
export interface Disk {
  /** What the name leads to, links followed. */
  kind(name: string): 'file' | 'folder' | undefined;
  /** Whether this user may execute the file; by its permissions only. */
  isExecutable(file: string): boolean;
  /** Where a link leads, as it is written in it; undefined for what is no link. */
  link(name: string): string | undefined;
  /** Bytes of the name itself, no link followed. */
  size(name: string): number | undefined;
  /** The start of a text file. */
  text(file: string): string | undefined;
  /** Names of the folders and links in a folder, sorted. */
  folders(folder: string): string[];
  /** With all links resolved; undefined when it leads nowhere. */
  real(name: string): string | undefined;
}

/** Of a file that says where something is; a larger one is none. */
const MOST_TEXT = 1_000_000;
/** A folder that holds more is one of data. */
const MOST_NAMES = 5_000;

export const disk: Disk = {
  kind: (name) => {
    const stat = attempt(() => fs.statSync(name));
    if (stat?.isFile()) return 'file';
    return stat?.isDirectory() ? 'folder' : undefined;
  },
  isExecutable: (file) => attempt(() => (fs.accessSync(file, fs.constants.X_OK), true)) ?? false,
  link: (name) => attempt(() => fs.readlinkSync(name)),
  size: (name) => attempt(() => fs.lstatSync(name).size),
  text: (file) => {
    const stat = attempt(() => fs.statSync(file));
    if (!stat?.isFile() || stat.size > MOST_TEXT) return undefined;
    return attempt(() => fs.readFileSync(file, 'utf8'));
  },
  folders: (folder) => {
    const entries = attempt(() => fs.readdirSync(folder, { withFileTypes: true })) ?? [];
    if (entries.length > MOST_NAMES) return [];
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  },
  real: (name) => attempt(() => fs.realpathSync(name)),
};

/** Undefined when the system refuses: ENOENT, EACCES, ELOOP, ENOTDIR, ENAMETOOLONG and their like. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // A NUL in a name is told by an error of Node's own.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
