import * as vscode from 'vscode';
import { wordsOnPlace } from '../../job/datastore.js';
import type { Datastore } from '../../workspace/types.js';
import { type Leaf, valueLeaf } from './leaf.js';

/** A datastore and where it is; *Copy Value* copies how a job names what is in it. */
export function datastoreRow({ name, place, secretEnv, description, tags }: Datastore, id: string): Leaf {
  const where = wordsOnPlace(place);
  const row = valueLeaf(id, name, `azureml://datastores/${name}/paths/`, 'server-environment');
  row.item.description = where;
  row.item.accessibilityInformation = { label: `${name}, ${where}` };
  const told = [
    where,
    description,
    secretEnv === undefined ? '' : vscode.l10n.t('Its secret is in the variable {0}', secretEnv),
    ...Object.entries(tags).map(([key, value]) => `${key}: ${value}`),
  ];
  const text = told.filter(Boolean).join('\n\n');
  return { ...row, tooltip: () => new vscode.MarkdownString().appendText(text) };
}
