/** Names environments and data across workspaces, as rows and commands pass them. */

export type AssetKind = 'environment' | 'data';

export interface AssetRef {
  readonly kind: AssetKind;
  /** Id of the workspace. */
  readonly workspace: string;
  readonly name: string;
  /** Absent: the newest, or all of them, as a command has it. */
  readonly version?: string;
}

export type VersionRef = AssetRef & { readonly version: string };

/** As a job names it. */
export function referenceOf({ name, version }: Pick<AssetRef, 'name' | 'version'>): string {
  return version === undefined ? `azureml:${name}@latest` : `azureml:${name}:${version}`;
}

/** One text for each. */
export function keyOfAsset({ kind, workspace, name, version = '' }: AssetRef): string {
  return `${workspace}/${kind}/${name}/${version}`;
}

/** @param value what the editor or code passed */
export function isAssetRef(value: unknown): value is AssetRef {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, workspace, name, version } = value as Partial<Record<keyof AssetRef, unknown>>;
  return (
    (kind === 'environment' || kind === 'data') &&
    typeof workspace === 'string' &&
    typeof name === 'string' &&
    (version === undefined || typeof version === 'string')
  );
}

const ANY_OTHER = /[^A-Za-z0-9_.-]+/g;

/** A name that an asset can have, from what a file is called: `My data.csv` becomes `My-data`. */
export function nameFrom(fileName: string): string {
  const stem = fileName.replace(/(?<=.)\.[^.]*$/, '');
  return stem
    .replace(ANY_OTHER, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 255);
}

/** What is wrong with a name; undefined when nothing is. */
export function isNameForAsset(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(name);
}
