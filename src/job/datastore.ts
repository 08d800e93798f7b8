/** Places outside of a workspace that it knows by name: `azureml://datastores/NAME/paths/PATH`. */
export type DatastorePlace = FolderPlace | S3Place | BlobPlace | DataLakePlace;
export type DatastoreKind = DatastorePlace['kind'];

export const DATASTORE_KINDS = ['folder', 's3', 'azure_blob', 'azure_data_lake_gen2'] as const;

/** A folder that this machine can reach. */
export interface FolderPlace {
  kind: 'folder';
  /** Absolute. */
  path: string;
}

export interface S3Place {
  kind: 's3';
  bucket: string;
  /** Its paths begin there. */
  prefix?: string;
  /** Absent: as the profile or the environment says. */
  region?: string;
  /** Absent: Amazon's. */
  endpoint?: string;
  /** The bucket stands in the path of an address, not in its host. */
  pathStyle?: boolean;
  /** Of `~/.aws`, to sign in with. */
  profile?: string;
}

interface AzurePlace {
  /** Its name. */
  account: string;
  /** Address of the account, such as `https://ACCOUNT.blob.core.windows.net`. */
  endpoint: string;
  prefix?: string;
  /** An application to sign in as. Its secret is the secret of the datastore. */
  application?: { tenantId: string; clientId: string };
}

export interface BlobPlace extends AzurePlace {
  kind: 'azure_blob';
  container: string;
}

export interface DataLakePlace extends AzurePlace {
  kind: 'azure_data_lake_gen2';
  filesystem: string;
}

/** The address of an account of Azure Storage. @param endpoint `core.windows.net`, or the whole address */
export function accountEndpoint(
  kind: 'azure_blob' | 'azure_data_lake_gen2',
  account: string,
  endpoint = 'core.windows.net',
  protocol = 'https',
): string {
  if (/^https?:\/\//i.test(endpoint)) return endpoint.replace(/\/+$/, '');
  return `${protocol}://${account}.${kind === 'azure_blob' ? 'blob' : 'dfs'}.${endpoint}`;
}

/** Where a datastore is, in a few words: `s3://bucket/prefix`. */
export function wordsOnPlace(place: DatastorePlace): string {
  if (place.kind === 'folder') return place.path;
  const [host, room] =
    place.kind === 's3'
      ? ['s3:/', place.bucket]
      : [place.endpoint, place.kind === 'azure_blob' ? place.container : place.filesystem];
  return [host, room, place.prefix].filter(Boolean).join('/');
}

/** The address of what is at a path of a datastore, as other programs know it: `s3://bucket/prefix/path`. */
export function addressIn(place: DatastorePlace, path: string): string {
  return [wordsOnPlace(place), path].filter(Boolean).join('/');
}
