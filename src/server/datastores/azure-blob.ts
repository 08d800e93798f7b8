/** A container of Azure Blob Storage. It brings Azure's library, so it is loaded when used. */
import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { addressIn, type BlobPlace } from '../../job/datastore.js';
import { ChangedError, type FileBody } from '../data/source.js';
import { azureSecret, quoted, SIGN_IN } from './azure-secret.js';
import { failureOf, isMissing, isOther, reasonBehind } from './failure.js';
import { metadataOf, type ObjectStore, type StoredObject, type Written, writerIn } from './object-store.js';

/** Whoever asks tries again, from where it was. */
const OPTIONS: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };
/** Bytes that are sent in one request, and requests at once. */
const SINGLE_SHOT = 16 * 1024 * 1024;
const AT_ONCE = 3;

export class BlobStore implements ObjectStore {
  private readonly place: BlobPlace;
  private readonly container: ContainerClient;
  private readonly prefix: string;

  private constructor(place: BlobPlace, service: BlobServiceClient) {
    this.place = place;
    this.container = service.getContainerClient(place.container);
    this.prefix = place.prefix === undefined ? '' : `${place.prefix}/`;
  }

  /** @param secret see `azureSecret`, or that of the place's application; absent: as Azure's tools are signed in */
  static async open(place: BlobPlace, secret?: string): Promise<BlobStore> {
    return new BlobStore(place, await serviceOf(place, secret));
  }

  async stat(path: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    const blob = this.container.getBlobClient(this.keyOf(path));
    try {
      const { contentLength = 0, etag, metadata } = await blob.getProperties({ abortSignal: signal });
      return {
        ...{ path, bytes: contentLength, etag: quoted(etag) },
        ...(isFolder(metadata) && { isFolder: true }),
        ...writerIn(metadata),
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      const read = () => blob.download(0, 1, { abortSignal: signal });
      throw this.failure(await reasonBehind(error, read), path);
    }
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const prefix = folder === '' ? this.prefix : `${this.keyOf(folder)}/`;
    try {
      const options = { prefix, includeMetadata: true, abortSignal: signal };
      for await (const { name, properties, metadata } of this.container.listBlobsFlat(options)) {
        const { contentLength: bytes = 0, etag } = properties;
        yield {
          ...{ path: name.slice(this.prefix.length), bytes, etag: quoted(etag) },
          ...((isFolder(metadata) || (bytes === 0 && name.endsWith('/'))) && { isFolder: true }),
        };
      }
    } catch (error) {
      throw this.failure(error, folder);
    }
  }

  async read(
    { path, etag }: { path: string; etag: string },
    from: number,
    signal: AbortSignal,
  ): Promise<FileBody> {
    try {
      const blob = this.container.getBlobClient(this.keyOf(path));
      const conditions = { ifMatch: etag };
      const { readableStreamBody } = await blob.download(from, undefined, {
        conditions,
        abortSignal: signal,
      });
      return { from, body: readableStreamBody as AsyncIterable<Buffer> };
    } catch (error) {
      if (isOther(error)) throw new ChangedError(path);
      throw this.failure(error, path);
    }
  }

  async write(path: string, { file, writer, onSent }: Written, signal: AbortSignal): Promise<void> {
    try {
      await this.container.getBlockBlobClient(this.keyOf(path)).uploadFile(file, {
        maxSingleShotSize: SINGLE_SHOT,
        concurrency: AT_ONCE,
        metadata: metadataOf(writer),
        abortSignal: signal,
        onProgress: ({ loadedBytes }) => onSent?.(loadedBytes),
      });
    } catch (error) {
      throw this.failure(error, path);
    }
  }

  private keyOf(path: string): string {
    return `${this.prefix}${path}`;
  }

  private failure(error: unknown, path: string): unknown {
    return failureOf(error, addressIn(this.place, path), SIGN_IN);
  }
}

/** Accounts with folders of their own have a blob for each. */
const isFolder = (metadata?: Record<string, string>) => metadata?.['hdi_isfolder'] === 'true';

async function serviceOf(
  { account, endpoint, application }: BlobPlace,
  secret: string | undefined,
): Promise<BlobServiceClient> {
  if (secret === undefined || application) {
    const { credentialOf } = await import('./azure-identity.js');
    return new BlobServiceClient(endpoint, credentialOf(application, secret), OPTIONS);
  }
  const given = azureSecret(secret);
  return given.kind === 'key'
    ? new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, given.key), OPTIONS)
    : new BlobServiceClient(`${endpoint}?${given.signature}`, undefined, OPTIONS);
}
