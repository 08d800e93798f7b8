/** What data and environments have in common on the command line: a workspace keeps both by name and version. */
import type { Command } from 'commander';
import { print, printJson } from './output.js';

export interface Json {
  json?: boolean;
}

/** How one of them is named by an argument. */
export const REFERENCE = '<name[:version]>';

export interface Reference {
  name: string;
  version?: string;
}

export interface ListFlags extends Json {
  archived?: boolean;
}

export function addList(
  command: Command,
  list: (name: string | undefined, flags: ListFlags) => Promise<void>,
): void {
  command
    .command('list', { isDefault: true })
    .description('list the newest version of each, or all versions of one')
    .argument('[name]')
    .option('--archived', 'archived ones, too')
    .option('--json', 'print JSON')
    .action(list);
}

/** @param archive without a version it is for all of them */
export function addArchiveAndRestore(
  command: Command,
  archive: (name: string, version: string | undefined, archived: boolean) => Promise<void>,
): void {
  const add = (verb: string, description: string, archived: boolean) =>
    command
      .command(verb)
      .description(description)
      .argument(REFERENCE)
      .option('--json', 'print JSON')
      .action(async (given: string, flags: Json) => {
        const reference = parseReference(given);
        await archive(reference.name, reference.version, archived);
        if (flags.json) printJson({ ...reference, archived });
        else print(`${archived ? 'Archived' : 'Restored'} ${given}.`);
      });
  add('archive', 'stop offering it; jobs that name its version still find it', true);
  add('restore', 'offer it again', false);
}

/** `name`, `name:version`, `name@latest`, as a job names it or without `azureml:`. */
export function parseReference(given: string): Reference {
  const [, name = '', version] = /^(?:azureml:)?([^:@]*)(?:[:@](.*))?$/.exec(given) ?? [];
  return { name, ...(version !== undefined && { version }) };
}

/** @param all by name, the newest version first */
export function newestOfEach<T extends { name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, i) => all[i - 1]?.name !== name);
}

export function versionWords({ version, archived }: { version: string; archived: boolean }): string {
  return archived ? `${version} (archived)` : version;
}

export function tellCreated(created: { name: string; version: string }, { json }: Json): void {
  const { name, version } = created;
  if (json) printJson(created);
  else print(`Created ${name}:${version}. A job names it as azureml:${name}:${version}.`);
}
