import type { Logger } from 'pino';
import type { Target } from './target.js';

/** What the server gives to every kind of target; each takes what it needs. */
export interface TargetContext {
  /** Trainyard's folder. A kind that keeps anything beside the folders of jobs has a folder of its own in it. */
  home: string;
  log: Logger;
  /** What a person has set; read anew each time. */
  settings: () => TargetSettings;
  /** The folder of this machine for what is kept of a job until its run is purged. It may not be there yet. */
  jobFolder: (id: string) => string;
  /** How to bring the server back while a job runs, so that its logging goes on. */
  revive?: () => Revive;
  /** The server listens for jobs on one more address. Absent when it cannot. */
  tracking?: TrackingAddresses;
}

export interface TargetSettings {
  /** Jobs that may run at once on this machine. */
  parallelJobs: number;
}

export interface Revive {
  /** Answers 200 while the server lives. */
  url: string;
  command: string[];
  env: Record<string, string>;
}

/** Addresses beside 127.0.0.1 on which the server takes the tokens of jobs, and nothing else. */
export interface TrackingAddresses {
  /**
   * Listens on an address of this machine, such as that of a bridge, or on a Unix socket. The same address again is the same
   * listener. @returns the URL for jobs: that of the address, or `http://localhost` for a socket
   */
  listen(address: { host: string } | { socket: string }): Promise<string>;
}

/** A line of the registry. */
export interface TargetKind {
  kind: string;
  /** Loads the code of the kind, when a target is first asked for. */
  load: () => Promise<{ open: OpenTargets }>;
}

/** The targets of a kind that there are: one, or one for each machine that a person has set up. */
export type OpenTargets = (context: TargetContext) => Promise<readonly Target[]> | readonly Target[];
