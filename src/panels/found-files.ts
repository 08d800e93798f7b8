export interface Picture {
  path: string;
  name: string;
  /** When the script told it. */
  step?: number;
}

/** What is of interest among the files of a run. */
export interface FoundFiles {
  /** Of each series of pictures the newest. */
  pictures: Picture[];
  /** By their names; the run says of others that they are. */
  tables: string[];
  /** Folders with an `MLmodel`. */
  models: string[];
  /** There are more files than were looked at. */
  isCut: boolean;
}
