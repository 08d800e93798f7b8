/** A file system of Azure Data Lake Storage Gen2. It brings Azure's library, so it is loaded when used. */
import {
  type DataLakeFileClient,
  type DataLakeFileSystemClient,
  DataLakeServiceClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-file-datalake';
import { addressIn, type DataLakePlace } from '../../job/datastore.js';
import { ChangedError, type FileBody } from '../data/source.js';
import { azureSecret, quoted, SIGN_IN } from './azure-secret.js';
import { failureOf, isMissing, isOther, reasonBehind } from './failure.js';
import { metadataOf, type ObjectStore, type StoredObject, type Written, writerIn } from './object-store.js';

/** Whoever asks tries again, from where it was. */
const OPTIONS: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };
/** Bytes that are sent in one request, and requests at once. */
const CHUNK = 16 * 1024 * 1024;
const AT_ONCE = 3;

export class DataLakeStore implements ObjectStore {
  private readonly place: DataLakePlace;
  private readonly filesystem: DataLakeFileSystemClient;
  private readonly prefix: string;

  private constructor(place: DataLakePlace, service: DataLakeServiceClient) {
    this.place = place;
    this.filesystem = service.getFileSystemClient(place.filesystem);
    this.prefix = place.prefix === undefined ? '' : `${place.prefix}/`;
  }

  /** @param secret see `azureSecret`, or that of the place's application; absent: as Azure's tools are signed in */
  static async open(place: DataLakePlace, secret?: string): Promise<DataLakeStore> {
    return new DataLakeStore(place, await serviceOf(place, secret));
  }

  async stat(path: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    try {
      const {
        contentLength = 0,
        etag,
        metadata,
      } = await this.file(path).getProperties({ abortSignal: signal });
      return {
        ...{ path, bytes: contentLength, etag: quoted(etag) },
        ...(metadata?.['hdi_isfolder'] === 'true' && { isFolder: true }),
        ...writerIn(metadata),
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      const read = () => this.file(path).read(0, 1, { abortSignal: signal });
      throw this.failure(await reasonBehind(error, read), path);
    }
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const path = `${this.prefix}${folder}`.replace(/\/$/, '');
    try {
      const options = { ...(path !== '' && { path }), recursive: true, abortSignal: signal };
      for await (const { name = '', isDirectory, contentLength = 0, etag } of this.filesystem.listPaths(
        options,
      ))
        // Of a path that is a file, the service lists the file.
        if (name !== path)
          yield {
            ...{ path: name.slice(this.prefix.length), bytes: contentLength, etag: quoted(etag) },
            ...(isDirectory && { isFolder: true }),
          };
    } catch (error) {
      if (isMissing(error)) return;
      throw this.failure(error, folder);
    }
  }

  async read(
    { path, etag }: { path: string; etag: string },
    from: number,
    signal: AbortSignal,
  ): Promise<FileBody> {
    try {
      const options = { conditions: { ifMatch: etag }, abortSignal: signal };
      const { readableStreamBody } = await this.file(path).read(from, undefined, options);
      return { from, body: readableStreamBody as AsyncIterable<Buffer> };
    } catch (error) {
      if (isOther(error)) throw new ChangedError(path);
      throw this.failure(error, path);
    }
  }

  async write(path: string, { file, writer, onSent }: Written, signal: AbortSignal): Promise<void> {
    try {
      await this.file(path).uploadFile(file, {
        chunkSize: CHUNK,
        singleUploadThreshold: CHUNK,
        maxConcurrency: AT_ONCE,
        metadata: metadataOf(writer),
        abortSignal: signal,
        onProgress: ({ loadedBytes }) => onSent?.(loadedBytes),
      });
    } catch (error) {
      throw this.failure(error, path);
    }
  }

  private file(path: string): DataLakeFileClient {
    return this.filesystem.getFileClient(`${this.prefix}${path}`);
  }

  private failure(error: unknown, path: string): unknown {
    return failureOf(error, addressIn(this.place, path), SIGN_IN);
  }
}

async function serviceOf(
  { account, endpoint, application }: DataLakePlace,
  secret: string | undefined,
): Promise<DataLakeServiceClient> {
  if (secret === undefined || application) {
    const { credentialOf } = await import('./azure-identity.js');
    return new DataLakeServiceClient(endpoint, credentialOf(application, secret), OPTIONS);
  }
  const given = azureSecret(secret);
  return given.kind === 'key'
    ? new DataLakeServiceClient(endpoint, new StorageSharedKeyCredential(account, given.key), OPTIONS)
    : new DataLakeServiceClient(`${endpoint}?${given.signature}`, undefined, OPTIONS);
}
