import fs from 'node:fs';

/**
 * The disk operations needed to find programs. Nothing throws: files that are missing, forbidden, circular links or
 * otherwise unreadable are treated as absent.
 */
export interface Disk {
  /** The kind of file that the name refers to, following links. */
  kind(name: string): 'file' | 'folder' | undefined;
  /** Whether this user may execute the file; by its permissions only. */
  isExecutable(file: string): boolean;
  /** The target of a link as it is written; undefined if it is not a link. */
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

/** Maximum size of a file that only contains a path. */
const MOST_TEXT = 1_000_000;
/** A folder with more entries contains data. */
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
    // For a NUL in a name Node throws its own error.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
