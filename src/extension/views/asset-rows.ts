/** What rows of environments and of data have in common. */
import * as vscode from 'vscode';
import { refOf, runKey, shortKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { formatAge } from '../format.js';
import { stateIcon, stateWord } from '../runs/run-words.js';
import { leaf, messageLeaf, type Leaf } from './leaf.js';
import { rowContext } from './row-context.js';
import { AT_A_GLANCE } from './run-rows.js';

/** Where rows are made. */
export interface AssetPlace {
  workspace: Workspace;
  /** The first rows of a list, and one that shows more of them. */
  page: <T>(list: string, rows: readonly T[], row: (each: T) => Leaf) => Leaf[];
}

interface Version {
  version: string;
  archived: boolean;
  createdAt: number;
}

/** e.g. `python:3.12 · 2h ago · archived` */
export function versionWords({ archived, createdAt }: Version, what: string): string {
  const age = formatAge(createdAt, Date.now());
  return [what, age, archived && vscode.l10n.t('archived')].filter(Boolean).join(' · ');
}

/** Beside a name: how many versions there are, and what the newest is. */
export function nameWords(versions: readonly Version[], what: string): string {
  const [newest] = versions;
  const count =
    versions.length === 1
      ? vscode.l10n.t('version {0}', newest?.version ?? '')
      : vscode.l10n.t('{0} versions', versions.length);
  const isArchived = versions.every(({ archived }) => archived);
  return [count, what, isArchived && vscode.l10n.t('archived')].filter(Boolean).join(' · ');
}

export function tooltipOf(
  {
    name,
    version,
    description,
    tags,
  }: Version & { name: string; description: string; tags: Record<string, string> },
  lines: readonly (string | undefined)[] = [],
): vscode.MarkdownString {
  const told = [
    `${name}:${version}`,
    description || undefined,
    ...Object.entries(tags).map(([key, value]) => `${key}: ${value}`),
    ...lines,
  ];
  return new vscode.MarkdownString().appendText(told.filter((line) => line !== undefined).join('\n\n'));
}

/** A row with the runs below it. @param label for how many */
export function runsLeaf(
  id: string,
  runs: readonly Run[],
  { none, one, many }: { none: string; one: string; many: (count: number) => string },
  { page }: AssetPlace,
): Leaf {
  if (runs.length === 0) return messageLeaf(`${id}/none`, none, undefined, 'circle-slash');
  return leaf({
    id,
    label: runs.length === 1 ? one : many(runs.length),
    icon: 'beaker',
    context: rowContext({ kind: 'section' }),
    children: () => page(id, runs, (run) => runLeaf(`${id}/${run.id}`, run)),
  });
}

/** A run that a click shows. @param label default: its name */
export function runLeaf(id: string, run: Run, label = run.name): Leaf {
  const age = formatAge(run.endTime ?? run.startTime, Date.now());
  return leaf({
    id,
    label,
    description: [label === run.name ? undefined : run.name, stateWord(run.state), age]
      .filter(Boolean)
      .join(' · '),
    icon: stateIcon(run),
    context: rowContext({ kind: 'run', hasRun: true }),
    runId: runKey(refOf(run)),
    command: {
      title: vscode.l10n.t('Show Run'),
      command: COMMANDS.showRun,
      arguments: [shortKey(refOf(run)), AT_A_GLANCE],
    },
  });
}
