/** How files name things: assets of a workspace, of a registry, in Azure, or files beside them. */

export type AssetReference =
  /** Without version and label: the newest. */
  | { readonly kind: 'asset'; readonly name: string; readonly version?: string; readonly label?: string }
  /** Of a registry, or by its full name in Azure: nothing here has it. */
  | { readonly kind: 'azure'; readonly address: string }
  | { readonly kind: 'wrong'; readonly why: string };

/** `azureml:NAME:VERSION`, `azureml:NAME@LABEL`, `azureml:NAME`, `azureml://registries/…`; undefined for anything else. */
export function assetReference(text: string): AssetReference | undefined {
  if (/^azureml:\/\/(registries|feeds|subscriptions)\//.test(text)) return { kind: 'azure', address: text };
  if (text.startsWith('azureml://') || !text.startsWith('azureml:')) return undefined;
  const name = text.slice('azureml:'.length);
  if (name.startsWith('/')) return { kind: 'azure', address: text };
  const labelled = name.split('@');
  if (labelled.length === 2 && labelled[0] && labelled[1])
    return { kind: 'asset', name: labelled[0], label: labelled[1] };
  if (labelled.length > 1) return { kind: 'wrong', why: 'A label is written azureml:NAME@LABEL.' };
  const [first = '', version, ...more] = name.split(':');
  if (first === '' || version === '' || more.length > 0)
    return { kind: 'wrong', why: 'A version is written azureml:NAME:VERSION.' };
  return { kind: 'asset', name: first, ...(version !== undefined && { version }) };
}

/** An address of what is not on this machine's disk: all but `file:`. */
export function isElsewhere(text: string): boolean {
  return isAddress(text) && !text.startsWith('file:');
}

/** `https:`, `wasbs:`, `azureml:`, `runs:` and their like; a drive of Windows is none. */
export function isAddress(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(text);
}
