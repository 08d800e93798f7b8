import type { Logger } from 'pino';
import type { Listen } from './listen.js';
import type { Target } from './target.js';

/** What the server gives to every kind of target; each takes what it needs. */
export interface TargetContext {
  /** Trainyard's folder. A kind that keeps anything beside the folders of jobs has a folder of its own in it. */
  home: string;
  log: Logger;
  /** The person's settings; read again at each call. */
  settings: () => TargetSettings;
  /** The folder of this machine for what is kept of a job until its run is purged. It may not be there yet. */
  jobFolder: (id: string) => string;
  /** How to bring the server back while a job runs, so that its logging goes on. */
  revive?: () => Revive;
  /** Has the server listen on one more address, for jobs that do not reach 127.0.0.1. */
  listen: Listen;
}

export interface TargetSettings {
  /** Jobs that may run at once on this machine. */
  parallelJobs: number;
  /** Of each kind that has settings of its own, by its name. Nobody else knows what is in them. */
  targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Revive {
  /** Answers 200 while the server lives. */
  url: string;
  command: string[];
  env: Record<string, string>;
}

/** A line of the registry. */
export interface TargetKind {
  kind: string;
  /** Loads the code of the kind, when a target is first asked for. */
  load: () => Promise<{ open: OpenTargets }>;
}

/** The targets of a kind that there are: one, or one for each machine that a person has set up. */
export type OpenTargets = (context: TargetContext) => Promise<readonly Target[]> | readonly Target[];
