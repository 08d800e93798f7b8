/** The exact code of a run as a git commit: taken, restored and compared with git's own plumbing. */

/** Where the code of a run is in git; returned by `take` and kept by the store. */
export interface Snapshot {
  /** Absolute path of the git folder (common dir) that holds the objects. */
  gitDir: string;
  /** Absolute path of the folder that was taken. */
  root: string;
  /** True when the folder is no repository and a hidden one in the store holds its code. */
  hidden: boolean;
  /** The commit that holds exactly what ran; git may have collected it, `tree` stays. */
  commit: string;
  tree: string;
  /** Points to a keeper (keeper.ts); of older snapshots to the commit. */
  ref: string;
  /** HEAD when it was taken; null in a repository without a commit, or a hidden one. */
  head: string | null;
  /** null: detached HEAD, or hidden */
  branch: string | null;
  /** Files that differ from HEAD (tracked, staged and untracked), those of inner repositories with them. */
  changedFiles: number;
  /** Address of the remote without credentials. */
  remote: string | null;
  /** Submodules and other inner repositories, those inside them too, sorted by path. */
  submodules: Inner[];
  /**
   * Top-most ignored paths that were left out, relative, with `/`; folders end in `/`. For a folder with files in the
   * snapshot, it means everything else in it, at every depth.
   */
  ignored: string[];
  /** Folders with nothing in them, relative, with `/`: git keeps none. Unknown in older snapshots. */
  empty?: string[];
  /** Files left out because they are over the size limit and the person said so. */
  leftOut: { path: string; bytes: number }[];
  /** Files that were included regardless of ignore files, relative, with `/`. */
  included?: string[];
  /** Git kept changing the folder while the snapshot was taken: it may mix several states. */
  torn?: true;
  /** Of the person; unknown in older snapshots. */
  umask?: number;
}

/** A repository inside the folder that was taken. */
export interface Inner {
  /** Relative to the root, with `/`. */
  path: string;
  /** What the gitlink names: its HEAD, or a commit on top of that with what differs from it. */
  commit: string;
  /** Of that commit, which git may have collected; unknown in older snapshots. */
  tree?: string;
  /** Some of its files differed from its HEAD. */
  dirty: boolean;
  /**
   * The git folder that holds its objects; null for a submodule that was not initialised, so its folder is empty.
   * Unknown in older snapshots.
   */
  gitDir?: string | null;
  /** Keeps its code there. */
  ref?: string;
}

/** Every repository that holds objects of it, once. */
export function repositoriesOf({
  gitDir,
  hidden,
  submodules,
}: Snapshot): Pick<Snapshot, 'gitDir' | 'hidden'>[] {
  const inner = submodules.map((found) => found.gitDir).filter((found) => typeof found === 'string');
  const others = [...new Set(inner)].filter((found) => found !== gitDir);
  return [{ gitDir, hidden }, ...others.map((found) => ({ gitDir: found, hidden: false }))];
}

export interface TakeOptions {
  /** The run's id: the snapshot is kept under refs/trainyard/runs/<id>. */
  runId: string;
  /** Folder to take; the whole repository around it is not taken, only this folder's repository root. */
  folder: string;
  /** Folder for hidden repositories of folders without git. */
  hiddenRoot: string;
  /** Folder of ours that is never included; default: `hiddenRoot`. */
  apart?: string;
  /** Bytes; the person is asked about larger files that are untracked or changed. */
  sizeLimit: number;
  /** Absent: throw LARGE_FILES if there are any. */
  largeFiles?: 'include' | 'leave-out';
  /** Files that are included regardless of ignore files, relative to `folder`, with `/`. */
  include?: string[];
  /** The person's, for what is written into their repository; default: that under which the repository was made. */
  umask?: number;
  message: string;
  /** Called with the refs that will be written, before they are. */
  intend?: (refs: KeptRef[]) => Promise<void>;
}

/** A ref of a run, and the git folder that it is in. */
export interface KeptRef {
  gitDir: string;
  ref: string;
}

export interface FileChange {
  path: string;
  /** For a rename: where it was. */
  from?: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type-changed';
  /** null: binary */
  additions: number | null;
  deletions: number | null;
}
