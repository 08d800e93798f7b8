import type { DataInput, DataOutput, Resources } from '../../spec.js';

/** A command job as its file says it. Paths are absolute; placeholders are as they were written. */
export interface JobFile {
  /** Absolute. */
  readonly file: string;
  readonly command: string;
  /** Absolute: a folder or a file; absent when the file names none. */
  readonly code?: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly experiment?: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  /** Literals by name, as Azure writes them into a command. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, DataInput>>;
  readonly outputs: Readonly<Record<string, DataOutput>>;
  readonly environment?: FileEnvironment;
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** As it was written: `local`, `docker`, `azureml:cpu-cluster`. */
  readonly compute?: string;
  readonly resources?: Resources;
  readonly network?: 'off';
  /** Seconds. */
  readonly timeout?: number;
  /** Valid fields that do nothing here. */
  readonly azure: Readonly<Record<string, unknown>>;
}

/** What a job file says that its job runs in. */
export type FileEnvironment =
  /** Of the workspace; without version and label: the newest. */
  | { readonly kind: 'asset'; readonly name: string; readonly version?: string; readonly label?: string }
  /** In Azure, by its address: nothing here has it. */
  | { readonly kind: 'azure'; readonly address: string }
  /** A file that defines one; absolute. */
  | { readonly kind: 'file'; readonly file: string }
  /** Written in the job file: fields as in an environment’s file. Its paths are relative to `folder`. */
  | { readonly kind: 'inline'; readonly fields: Readonly<Record<string, unknown>>; readonly folder: string };
