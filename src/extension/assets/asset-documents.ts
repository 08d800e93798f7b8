import * as vscode from 'vscode';
import { packagesMissing, packagesOf } from '../../workspace/compare-environments.js';
import { facetOf } from '../../workspace/facets.js';
import type { EnvironmentVersion } from '../../workspace/types.js';
import type { Workspaces } from '../workspaces.js';
import type { AssetKind, VersionRef } from './asset-ref.js';

export const ASSET_SCHEME = 'trainyard-asset';

/** `definition`: as its file would be. `contents`: of an environment what it is made of and what is in it, to be compared. */
type Part = 'definition' | 'contents';

/** The definitions of environments and data as documents that cannot be changed: versions never change. */
export class AssetDocuments implements vscode.TextDocumentContentProvider {
  readonly #workspaces: Workspaces;

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { kind, workspace, name, version, part } = parse(uri);
    const place = this.#workspaces.of({ workspace });
    const { contentText, dataText, environmentText } = await import('../../job/file/asset-text.js');
    if (kind === 'data') return dataText(await facetOf(place, 'data').get(name, version));
    const environment = await facetOf(place, 'environments').get(name, version);
    return part === 'contents'
      ? contentText(environment.definition, packagesOf(environment) ?? whyNoPackages(environment) ?? {})
      : environmentText(environment);
  }
}

/** A sentence about an environment whose packages are not known. */
export function whyNoPackages(environment: EnvironmentVersion): string | undefined {
  const called = `${environment.name}:${environment.version}`;
  switch (packagesMissing(environment)) {
    case 'not-built':
      return vscode.l10n.t('{0} has not been built yet, so its packages are not known.', called);
    case 'no-python':
      return vscode.l10n.t('There is no Python in {0}, so it has no packages.', called);
    default:
      return undefined;
  }
}

export function assetUri({ kind, workspace, name, version }: VersionRef, part: Part): vscode.Uri {
  const path = ['', workspace, kind, part, name, version, `${name}-${version}.yml`].join('/');
  return vscode.Uri.from({ scheme: ASSET_SCHEME, path });
}

function parse(uri: vscode.Uri): VersionRef & { part: Part } {
  const [, workspace = '', kind = '', part = '', name = '', version = ''] = uri.path.split('/');
  return { workspace, kind: kind as AssetKind, part: part as Part, name, version };
}
