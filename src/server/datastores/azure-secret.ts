/** What a secret for Azure Storage is, as its form says. */
export type AzureSecret =
  | { kind: 'key'; key: string }
  /** A shared access signature, without `?`. */
  | { kind: 'signature'; signature: string };

/** @param secret an account key, a shared access signature, or a connection string with one of them */
export function azureSecret(secret: string): AzureSecret {
  const said = secret.trim();
  const [, ofString] = /(?:^|;)SharedAccessSignature=([^;]+)/i.exec(said) ?? [];
  const [, key] = /(?:^|;)AccountKey=([^;]+)/i.exec(said) ?? [];
  if (key !== undefined) return { kind: 'key', key };
  if (ofString !== undefined || /(?:^|[?&])sig=/i.test(said))
    return { kind: 'signature', signature: (ofString ?? said).replace(/^.*\?/, '') };
  return { kind: 'key', key: said };
}

/** Objects have their ETag in quotes, lists of them do not. */
export const quoted = (etag = '') => (etag === '' || /"$/.test(etag) ? etag : `"${etag}"`);

export const SIGN_IN =
  'Give an account key, a shared access signature or a connection string in the variable that the datastore names, or sign in with: az login';
