import * as vscode from 'vscode';
import { compareNames } from '../../base/order.js';
import { lacksOf } from '../../workspace/facets.js';
import { refOf, runKey, type RunKey, shortKey } from '../../workspace/run-ref.js';
import { ACTIVE_STATES, type Run, type RunFile } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { AssetRef } from '../assets/asset-ref.js';
import { COMMANDS } from '../command-ids.js';
import { formatAge, formatBytes, formatProgress, formatValue } from '../format.js';
import { failureOf } from '../runs/run-failure.js';
import { primaryMetric } from '../runs/primary-metric.js';
import type { RunNode } from '../runs/run-nodes.js';
import { runUri } from '../runs/run-file-system.js';
import { splitPath } from '../runs/run-uri.js';
import { stateIcon, stateWord, waitWord } from '../runs/run-words.js';
import { settings } from '../settings.js';
import { leaf, messageLeaf, valueLeaf, type Leaf } from './leaf.js';
import { isOpen, rowContext, runContext } from './row-context.js';
import { codeLine } from './run-tooltip.js';

/** The metric by which a run is shown, as settings, experiment and names say. */
export function metricOf(
  run: Run,
  experimentTags: Readonly<Record<string, string>> = {},
): string | undefined {
  return primaryMetric(run.metrics, settings.metric(), experimentTags);
}

/** For the command that shows a run: the focus stays where the row is. */
export const AT_A_GLANCE = { preserveFocus: true };

export interface RunItemOptions {
  /** Its own within the view. */
  id: string;
  /** That of the run. */
  workspace: Workspace;
  experimentTags?: Readonly<Record<string, string>>;
  /** A metric that needs no name in the row, since the row above names it. */
  named?: string;
}

/** The row of a run among what runs: e.g. `calm-otter  Running · 3m ago`. */
export function activeRunItem(run: Run, id: string, workspace: Workspace): vscode.TreeItem {
  const item = runItem(run, { id, workspace });
  const age = formatAge(run.startTime, Date.now());
  item.description = [stateWord(run.state), waitWord(run), progressOf(run), age].filter(Boolean).join(' · ');
  return item;
}

/** The row of a run: e.g. `calm-otter  0.973 · 3m ago`. */
export function runItem(run: Run, { id, workspace, experimentTags, named }: RunItemOptions): vscode.TreeItem {
  const item = new vscode.TreeItem(run.name, vscode.TreeItemCollapsibleState.Collapsed);
  const metric = metricOf(run, experimentTags);
  const value = metric === undefined ? undefined : run.metrics[metric]?.value;
  const age = formatAge(run.endTime ?? run.startTime, Date.now());
  const number = value === undefined ? undefined : formatValue(value);
  // The value first: a narrow side bar cuts the end.
  const shown = number && metric !== named ? `${number} ${metric}` : number;
  item.id = id;
  const progress = progressOf(run);
  const why = failureOf(run)?.headline;
  const wait = waitWord(run);
  item.description = (why === undefined ? [wait, shown, progress, age] : [why, age])
    .filter(Boolean)
    .join(' · ');
  item.iconPath = stateIcon(run);
  const context = runContext(run, lacksOf(workspace));
  item.contextValue = isOpen(run) ? `${context};open` : context;
  // A row with a command unfolds by its arrow only: a click selects it and shows the run.
  item.command = {
    title: vscode.l10n.t('Show Run'),
    command: COMMANDS.showRun,
    arguments: [shortKey(refOf(run)), AT_A_GLANCE],
  };
  const spoken = [run.name, stateWord(run.state), wait, why, number && `${metric} ${number}`, progress, age];
  item.accessibilityInformation = { label: spoken.filter(Boolean).join(', ') };
  return item;
}

/** How far a job is, while it is of interest. */
function progressOf({ state, job }: Run): string | undefined {
  return job?.progress && ACTIVE_STATES.includes(state) ? formatProgress(job.progress) : undefined;
}

/** What a run holds, one row for each part that is not empty. Nested runs come after them. */
export function runSections(
  { run, files }: Pick<RunNode, 'run' | 'files'>,
  id: string,
  workspace: Workspace,
): Leaf[] {
  const key = runKey(refOf(run));
  const sections: Leaf[] = [];
  const metrics = Object.keys(run.metrics).sort(systemLast);
  if (metrics.length > 0)
    sections.push(
      leaf({
        id: `${id}/metrics`,
        label: vscode.l10n.t('Metrics'),
        description: String(metrics.length),
        icon: 'graph-line',
        context: rowContext({ kind: 'section' }),
        children: () => metrics.map((name) => metricLeaf(run, name, id)),
      }),
    );
  const params = Object.keys(run.params).sort(compareNames);
  if (params.length > 0)
    sections.push(
      leaf({
        id: `${id}/params`,
        label: vscode.l10n.t('Parameters'),
        description: String(params.length),
        icon: 'symbol-parameter',
        context: rowContext({ kind: 'section' }),
        children: () =>
          params.map((name) =>
            valueLeaf(`${id}/params/${name}`, name, run.params[name] ?? '', 'symbol-constant'),
          ),
      }),
    );
  sections.push(
    leaf({
      id: `${id}/files`,
      label: vscode.l10n.t('Files'),
      icon: 'files',
      context: rowContext({ kind: 'section' }),
      runId: key,
      children: () => fileLeaves({ run, files }, '', id, workspace),
    }),
  );
  if (run.job && workspace.jobs) sections.push(logLeaf(run, id));
  if (run.code?.snapshot) sections.push(codeLeaf(run, id, workspace));
  sections.push(...environmentLeaves(run, id));
  return sections;
}

function systemLast(a: string, b: string): number {
  const rank = (name: string) => (name.startsWith('system/') ? 1 : 0);
  return rank(a) - rank(b) || compareNames(a, b);
}

function metricLeaf(run: Run, name: string, id: string): Leaf {
  const metric = run.metrics[name];
  const value = formatValue(metric?.value ?? NaN);
  return leaf({
    id: `${id}/metrics/${name}`,
    label: name,
    description: value,
    icon: 'symbol-number',
    context: rowContext({ kind: 'value' }),
    value: String(metric?.value),
    tooltip: () => {
      const text = new vscode.MarkdownString().appendText(`${name} = ${String(metric?.value)}`);
      if (!metric) return text;
      const { step, count, min, max } = metric;
      text.appendMarkdown('\n\n');
      if (count === undefined || min === undefined || max === undefined)
        return text.appendText(vscode.l10n.t('step {0}', step));
      return text.appendText(
        vscode.l10n.t(
          'step {0} · {1} points · min {2} · max {3}',
          step,
          count,
          formatValue(min),
          formatValue(max),
        ),
      );
    },
  });
}

function logLeaf(run: Run, id: string): Leaf {
  const title = vscode.l10n.t('Log');
  return leaf({
    id: `${id}/log`,
    label: title,
    icon: 'output',
    context: rowContext({ kind: 'section' }),
    command: { title, command: COMMANDS.showLog, arguments: [shortKey(refOf(run))] },
  });
}

/** What a job ran in, where that is no interpreter of this machine. */
function environmentLeaves({ job, workspace }: Run, id: string): Leaf[] {
  const environment = job?.environment;
  const at = `${id}/environment`;
  switch (environment?.kind) {
    case 'image':
      return [valueLeaf(at, vscode.l10n.t('Image'), environment.image, 'vm')];
    case 'asset': {
      const { name, version } = environment;
      const asset: AssetRef = { kind: 'environment', workspace, name, version };
      return [
        leaf({
          id: at,
          label: vscode.l10n.t('Environment'),
          description: `${name}:${version}`,
          icon: 'package',
          context: rowContext({ kind: 'section' }),
          command: {
            title: vscode.l10n.t('Open Definition'),
            command: COMMANDS.openDefinition,
            arguments: [asset],
          },
        }),
      ];
    }
    default:
      return [];
  }
}

function codeLeaf(run: Run, id: string, workspace: Workspace): Leaf {
  const { code } = workspace;
  const runId = runKey(refOf(run));
  return leaf({
    id: `${id}/code`,
    label: vscode.l10n.t('Code'),
    description: codeLine(run),
    icon: 'source-control',
    context: rowContext({ kind: 'section', code: code !== undefined }),
    runId,
    children: async () => {
      if (!code) return [messageLeaf(`${id}/code/none`, vscode.l10n.t('This workspace keeps no code'))];
      const list = (folder: string) => code.files(run.id, folder);
      return treeLeaves(runId, 'code', await list(''), id, list);
    },
  });
}

async function fileLeaves(
  { run, files }: Pick<RunNode, 'run' | 'files'>,
  folder: string,
  id: string,
  workspace: Workspace,
): Promise<Leaf[]> {
  const list = async (at: string) => {
    const listed = files.get(at) ?? (await workspace.files(run.id, at));
    files.set(at, listed);
    return listed;
  };
  const listed = await list(folder);
  if (listed.length === 0 && folder === '')
    return [
      messageLeaf(
        `${id}/files/none`,
        run.filesElsewhere === undefined
          ? vscode.l10n.t('The run has no files')
          : vscode.l10n.t('The files are at {0}', run.filesElsewhere),
      ),
    ];
  return treeLeaves(runKey(refOf(run)), 'files', listed, id, list);
}

/** Folders first, then files, each by name. */
function treeLeaves(
  runId: RunKey,
  area: 'files' | 'code',
  listed: readonly RunFile[],
  id: string,
  list: (folder: string) => Promise<RunFile[]>,
): Leaf[] {
  const order = (a: RunFile, b: RunFile) =>
    Number(b.isFolder) - Number(a.isFolder) || compareNames(a.path, b.path);
  return [...listed].sort(order).map(({ path, isFolder, bytes }) => {
    const { name } = splitPath(path);
    const row = leaf({
      id: `${id}/${area}/${path}`,
      label: name,
      description: bytes === undefined ? undefined : formatBytes(bytes),
      icon: isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File,
      context: rowContext({ kind: isFolder ? 'folder' : 'file' }),
      runId,
      path: `${area}/${path}`,
      children: isFolder ? async () => treeLeaves(runId, area, await list(path), id, list) : undefined,
      command: isFolder
        ? undefined
        : {
            title: vscode.l10n.t('Open'),
            command: COMMANDS.openFile,
            arguments: [runUri({ runId, area, path })],
          },
    });
    // Gives the row the icon of its kind of file.
    row.item.resourceUri = runUri({ runId, area, path });
    return row;
  });
}
