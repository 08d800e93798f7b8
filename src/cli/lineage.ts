import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, TrainyardError } from '../base/errors.js';
import type { Direction, LineageGraph } from '../lineage/graph.js';
import { merge } from '../lineage/merge.js';
import { toText } from '../lineage/text.js';
import { type Ask, gather, nameIn } from '../lineage/walk.js';
import { readList } from '../workspace/configuration/file.js';
import { facetOf } from '../workspace/facets.js';
import { homeOf } from '../workspace/local/launch.js';
import type { Workspace } from '../workspace/workspace.js';
import { openWorkspace } from './context.js';
import { startOf } from './lineage-start.js';
import { print, printJson } from './output.js';

/** Nodes that are shown at most. */
const LIMIT = 300;
const DEPTH = 10;
/** ms that another workspace than that of the call may take for one step. */
const OTHERS = 15_000;

interface Flags {
  up?: boolean;
  down?: boolean;
  both?: boolean;
  depth: number;
  format: 'text' | 'json';
  json?: boolean;
}

export function addLineage(program: Command): void {
  program
    .command('lineage')
    .description('what a run, a model, data or a file came of, and what came of it')
    .argument(
      '<thing>',
      'a run, NAME:VERSION of data or a model, a logged model, a commit, a file or its SHA-256',
    )
    .option('--up', 'only what it came of')
    .option('--down', 'only what came of it')
    .option('--both', 'both; the default')
    .option('--depth <steps>', 'how far', steps, DEPTH)
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('--json', 'print JSON')
    .action(lineage);
}

function steps(text: string): number {
  const depth = Number(text);
  if (!Number.isInteger(depth) || depth < 1) throw new InvalidArgumentError('Give a number from 1.');
  return depth;
}

async function lineage(thing: string, flags: Flags) {
  const workspace = await openWorkspace();
  facetOf(workspace, 'lineage');
  const start = await startOf(thing, workspace);
  const isBoth = flags.both === true || flags.up === flags.down;
  const directions: Direction[] = isBoth ? ['up', 'down'] : flags.up ? ['up'] : ['down'];
  const problems = new Map<string, string>();
  const ask = askAll(workspace, await others(workspace, problems), problems);
  const graph = await gather(ask, start, { directions, depth: flags.depth, limit: LIMIT });
  if (graph.nodes.length === 0) throw unknown(thing, [...problems.values()]);
  if (flags.json || flags.format === 'json')
    return printJson({ start: nameIn(graph, start), ...graph, problems: [...problems.values()] });
  for (const problem of problems.values()) process.stderr.write(`trainyard: ${problem}\n`);
  print(toText(graph, start, directions, process.stdout.columns));
}

/** The other workspaces of the person: what is made in one may be used in another. */
async function others(workspace: Workspace, problems: Map<string, string>): Promise<Workspace[]> {
  const { workspaces } = await readList(homeOf({}));
  const found: Workspace[] = [];
  for (const entry of workspaces) {
    if (entry.id === workspace.id) continue;
    try {
      found.push(await openWorkspace(entry));
    } catch (error) {
      problems.set(entry.id, left(entry.name, error));
    }
  }
  return found.filter((other) => other.lineage !== undefined);
}

/** Asks all at once. That of the call must answer; another one that fails is not asked again. */
function askAll(workspace: Workspace, others: readonly Workspace[], problems: Map<string, string>): Ask {
  return async (ids, direction) => {
    const asked = others.filter(({ id }) => !problems.has(id));
    const answers = await Promise.all([
      facetOf(workspace, 'lineage').neighbours(ids, direction),
      ...asked.map(async (other): Promise<LineageGraph> => {
        try {
          return await facetOf(other, 'lineage').neighbours(ids, direction, AbortSignal.timeout(OTHERS));
        } catch (error) {
          problems.set(other.id, left(other.label, error));
          return merge();
        }
      }),
    ]);
    return merge(...answers);
  };
}

const left = (name: string, error: unknown) =>
  `The workspace “${name}” was left out: ${messageOf(error).replace(/\.$/, '')}.`;

function unknown(thing: string, problems: readonly string[]): TrainyardError {
  const hint =
    'A file is known by its content when a run kept it, so one that was changed since is not. ' +
    'To follow data, register it with: trainyard data create, and name it as an input of a job.';
  return new TrainyardError('NOT_FOUND', `No workspace knows where ${thing} comes from.`, {
    hint: [...problems, hint].join('\n'),
  });
}
