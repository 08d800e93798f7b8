import type { Command } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge } from '../base/format.js';
import { facetOf } from '../workspace/facets.js';
import type { Experiment, Lifecycle } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { callAbout, openWorkspace } from './context.js';
import { print, printJson, shellWord, table } from './output.js';

interface Json {
  json?: boolean;
}

export function addExperiments(program: Command): void {
  const experiments = program.command('experiments').description('list, delete or restore experiments');
  experiments
    .command('list', { isDefault: true })
    .description('list experiments')
    .option('--deleted', 'only deleted ones')
    .option('--json', 'print JSON')
    .action(list);
  experiments
    .command('delete')
    .description('delete an experiment with its runs')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(remove);
  experiments
    .command('restore')
    .description('restore a deleted experiment with its runs')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(restore);
}

async function list(flags: Json & { deleted?: boolean }) {
  const workspace = await openWorkspace();
  const experiments = await workspace.experiments(undefined, flags.deleted ? 'deleted' : 'active');
  if (flags.json) return printJson({ experiments });
  if (experiments.length === 0)
    return print(
      flags.deleted
        ? 'No deleted experiments.'
        : 'No experiments. The first job makes one: trainyard submit train.py',
    );
  print(
    table([
      ['ID', 'NAME', flags.deleted ? 'DELETED' : 'CHANGED'],
      ...experiments.map(({ id, name, updatedAt }) => [id, name, formatAge(updatedAt, Date.now())]),
    ]),
  );
}

async function remove(name: string, flags: Json) {
  const workspace = await openWorkspace();
  const { id } = await find(workspace, name, 'active');
  await facetOf(workspace, 'edit').deleteExperiment(id);
  if (flags.json) printJson({ experimentId: id });
  else
    print(
      `Deleted ${name} and its runs. Restore it with: ${await callAbout(workspace, `experiments restore ${shellWord(name)}`)}`,
    );
}

async function restore(name: string, flags: Json) {
  const workspace = await openWorkspace();
  const { id } = await find(workspace, name, 'deleted');
  await facetOf(workspace, 'edit').restoreExperiment(id);
  if (flags.json) printJson({ experimentId: id });
  else print(`Restored ${name} and its runs.`);
}

/** Finds an experiment by name. @throws NOT_FOUND if there is none in this state */
async function find(workspace: Workspace, name: string, lifecycle: Lifecycle): Promise<Experiment> {
  const all = await workspace.experiments(undefined, 'all');
  const found = all.find((experiment) => experiment.name === name);
  if (found?.lifecycle === lifecycle) return found;
  const names = all.filter((each) => each.lifecycle === lifecycle).map((each) => each.name);
  throw new TrainyardError(
    'NOT_FOUND',
    found
      ? `The experiment “${name}” is ${lifecycle === 'active' ? 'already deleted' : 'not deleted'}.`
      : `There is no experiment “${name}”.`,
    {
      hint:
        names.length > 0
          ? `${lifecycle === 'deleted' ? 'Deleted experiments' : 'Experiments'}: ${names.join(', ')}.`
          : `There are no ${lifecycle} experiments.`,
    },
  );
}
