import * as vscode from 'vscode';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { RunKey } from '../../workspace/run-ref.js';
import type { AssetRef } from '../assets/asset-ref.js';
import { COMMANDS } from '../command-ids.js';
import { rowContext } from './row-context.js';

/** A row that needs no refresh of its own: it is made anew with its parent, and found again by its id. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly item: vscode.TreeItem;
  readonly children?: () => Leaf[] | Promise<Leaf[]>;
  readonly tooltip?: () => vscode.MarkdownString;
  /** Key of the run that menus of the row work on. */
  readonly runId?: RunKey;
  /** Id of the workspace that menus of the row work on. */
  readonly workspaceId?: string;
  /** The environment or data that menus of the row work on. */
  readonly asset?: AssetRef;
  /** Path of a file among the files of `runId`. */
  readonly path?: string;
  /** What *Copy Value* copies. */
  readonly value?: string;
}

export interface LeafParts extends Omit<Leaf, 'kind' | 'item'> {
  id: string;
  label: string;
  description?: string;
  icon?: string | vscode.ThemeIcon;
  context?: string;
  command?: vscode.Command;
  expanded?: boolean;
}

export function leaf(parts: LeafParts): Leaf {
  const { id, label, description, icon, context, command, expanded, ...rest } = parts;
  const state = !rest.children
    ? vscode.TreeItemCollapsibleState.None
    : expanded
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.description = description;
  item.iconPath = typeof icon === 'string' ? new vscode.ThemeIcon(icon) : icon;
  item.contextValue = context;
  item.command = command;
  item.accessibilityInformation = { label: description ? `${label}, ${description}` : label };
  return { kind: 'leaf', item, ...rest };
}

/** A row that says something and may do something when it is clicked. */
export function messageLeaf(id: string, label: string, command?: vscode.Command, icon?: string): Leaf {
  return leaf({ id, label, icon: icon ?? 'info', command, context: rowContext({ kind: 'message' }) });
}

/**
 * An error in the place of the rows that could not be had, with what a person can do about it below it.
 * @param of the workspace that said it
 */
export function errorLeaf(
  id: string,
  error: unknown,
  retry: vscode.Command,
  of?: { workspaceId: string },
): Leaf {
  const hint = TrainyardError.is(error) ? error.hint : undefined;
  const color = new vscode.ThemeColor('list.errorForeground');
  return leaf({
    id: `${id}/error`,
    label: messageOf(error),
    description: hint,
    icon: new vscode.ThemeIcon('error', color),
    context: rowContext({ kind: 'message' }),
    expanded: true,
    tooltip: () =>
      new vscode.MarkdownString().appendText([messageOf(error), hint].filter(Boolean).join('\n\n')),
    children: () => [
      messageLeaf(`${id}/error/retry`, retry.title, retry, 'refresh'),
      ...remedies(id, error, of),
      messageLeaf(
        `${id}/error/output`,
        vscode.l10n.t('Show Output'),
        { title: vscode.l10n.t('Show Output'), command: COMMANDS.showOutput },
        'output',
      ),
    ],
  });
}

function remedies(id: string, error: unknown, of: { workspaceId: string } | undefined): Leaf[] {
  if (!TrainyardError.is(error, 'STORE_CORRUPT')) return [];
  const title = vscode.l10n.t('Recover Store…');
  return [
    messageLeaf(
      `${id}/error/recover`,
      title,
      { title, command: COMMANDS.recoverStore, arguments: [of] },
      'tools',
    ),
  ];
}

/** A name and its value, as of a parameter; the whole value is in the tooltip and can be copied. */
export function valueLeaf(id: string, name: string, value: string, icon: string): Leaf {
  return leaf({
    id,
    label: name,
    description: value.length > 200 ? `${value.slice(0, 200)}…` : value,
    icon,
    context: rowContext({ kind: 'value' }),
    value,
    tooltip: () => new vscode.MarkdownString().appendText(`${name} = ${value}`),
  });
}
