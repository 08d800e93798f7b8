import { TrainyardError } from '../../base/errors.js';
import type { Datastore } from '../../workspace/types.js';
import type { ObjectStore } from './object-store.js';
import type { DatastoreSecrets } from './secrets.js';

/** Opens stores of objects. Each kind brings the library of its maker, which is loaded when first used. */
export async function openStore(datastore: Datastore, secrets: DatastoreSecrets): Promise<ObjectStore> {
  // A client hands it over later: a job that was queued when the server was killed waits for that.
  if (secrets.isMissing(datastore)) throw noSecret(datastore, 'TARGET_UNREACHABLE');
  const { place } = datastore;
  const secret = secrets.of(datastore);
  switch (place.kind) {
    case 's3':
      return new (await import('./s3.js')).S3Store(place, secret);
    case 'azure_blob':
      return (await import('./azure-blob.js')).BlobStore.open(place, secret);
    case 'azure_data_lake_gen2':
      return (await import('./azure-data-lake.js')).DataLakeStore.open(place, secret);
    case 'folder':
      throw new TrainyardError(
        'INTERNAL',
        `The datastore “${datastore.name}” is a folder, which is used in place.`,
      );
  }
}

/** Before anything is kept of a job. @throws UNAUTHENTICATED */
export function requireSecret(datastore: Datastore, secrets: DatastoreSecrets): void {
  if (secrets.isMissing(datastore)) throw noSecret(datastore, 'UNAUTHENTICATED');
}

function noSecret(
  { name, secretEnv }: Datastore,
  code: 'UNAUTHENTICATED' | 'TARGET_UNREACHABLE',
): TrainyardError {
  return new TrainyardError(code, `The secret of the datastore “${name}” is not known to the server.`, {
    hint: `Set the variable ${secretEnv}, or give the secret in the editor with: Trainyard: Set Secret of Datastore…`,
  });
}
