import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import type { DataAsset, DataType } from '../../workspace/types.js';
import type { VersionRef } from '../assets/asset-ref.js';
import type { Named } from '../assets/assets-model.js';
import { COMMANDS } from '../command-ids.js';
import { type AssetPlace, nameWords, runLeaf, runsLeaf, tooltipOf, versionWords } from './asset-rows.js';
import { leaf, messageLeaf, type Leaf, valueLeaf } from './leaf.js';
import { rowContext } from './row-context.js';

/** A name, with its versions below it. */
export function dataRow({ name, versions }: Named<DataAsset>, place: AssetPlace): Leaf {
  const [newest] = versions;
  const id = `assets/${place.workspace.id}/data/${name}`;
  return leaf({
    id,
    label: name,
    description: nameWords(versions, newest ? typeWord(newest.type) : ''),
    icon: newest ? typeIcon(newest.type) : undefined,
    context: rowContext({ kind: 'dataset', archived: versions.every(({ archived }) => archived) }),
    asset: { kind: 'data', workspace: place.workspace.id, name },
    tooltip: () => (newest ? tooltipOf(newest, [newest.path]) : new vscode.MarkdownString()),
    children: () => place.page(id, versions, (each) => versionRow(each, `${id}/${each.version}`, place)),
  });
}

export function typeWord(type: DataType): string {
  switch (type) {
    case 'uri_file':
      return vscode.l10n.t('file');
    case 'uri_folder':
      return vscode.l10n.t('folder');
    case 'mltable':
      return vscode.l10n.t('table');
  }
}

function typeIcon(type: DataType): string {
  return { uri_file: 'file', uri_folder: 'folder', mltable: 'table' }[type];
}

function versionRow(data: DataAsset, id: string, place: AssetPlace): Leaf {
  const { name, version, archived, path } = data;
  const asset: VersionRef = { kind: 'data', workspace: place.workspace.id, name, version };
  return leaf({
    id,
    label: vscode.l10n.t('Version {0}', version),
    description: versionWords(data, endOf(path)),
    icon: archived ? 'archive' : 'versions',
    context: rowContext({ kind: 'datasetVersion', archived }),
    asset,
    tooltip: () => tooltipOf(data, [path]),
    children: () => partsOf(data, id, asset, place),
  });
}

/** What differs between paths is mostly their end: `…/digits/rows.csv`. */
function endOf(path: string): string {
  const parts = path.split(/(?<=[^/\\])[/\\](?=[^/\\])/);
  return parts.length > 3 ? ['…', ...parts.slice(-2)].join('/') : path;
}

async function partsOf(data: DataAsset, id: string, asset: VersionRef, place: AssetPlace): Promise<Leaf[]> {
  const { name, version, type, path, description, tags, runId } = data;
  const { workspace } = place;
  const [runs = [], maker] = await Promise.all([
    workspace.data?.runs(name, version),
    runId === undefined ? undefined : makerLeaf(`${id}/maker`, runId, place),
  ]);
  const where = valueLeaf(`${id}/path`, vscode.l10n.t('Path'), path, 'link');
  where.item.command = { title: vscode.l10n.t('Open'), command: COMMANDS.openData, arguments: [asset] };
  return [
    where,
    valueLeaf(`${id}/type`, vscode.l10n.t('Type'), type, typeIcon(type)),
    ...(description === ''
      ? []
      : [valueLeaf(`${id}/description`, vscode.l10n.t('Description'), description, 'note')]),
    ...Object.entries(tags).map(([key, value]) => valueLeaf(`${id}/tag/${key}`, key, value, 'tag')),
    ...(maker ? [maker] : []),
    runsLeaf(
      `${id}/runs`,
      runs,
      {
        none: vscode.l10n.t('Read by no run'),
        one: vscode.l10n.t('Read by 1 run'),
        many: (count) => vscode.l10n.t('Read by {0} runs', count),
      },
      place,
    ),
  ];
}

/** The run that made it, which may be gone. */
async function makerLeaf(id: string, runId: string, { workspace }: AssetPlace): Promise<Leaf> {
  try {
    return runLeaf(id, await workspace.run(runId), vscode.l10n.t('Made By'));
  } catch (error) {
    if (!TrainyardError.is(error, 'NOT_FOUND')) throw error;
    return messageLeaf(id, vscode.l10n.t('Made by run {0}, which is gone', runId));
  }
}
