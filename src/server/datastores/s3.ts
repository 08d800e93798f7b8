/** A bucket of S3. It brings Amazon's library, so it is loaded when used. */
import fs from 'node:fs';
import process from 'node:process';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import { addressIn, type S3Place } from '../../job/datastore.js';
import { ChangedError, type FileBody } from '../data/source.js';
import { failureOf, isMissing, isOther, reasonBehind } from './failure.js';
import { metadataOf, type ObjectStore, type StoredObject, type Written, writerIn } from './object-store.js';

/** Bytes of a part at least, and how many parts a file may have. */
const PART = 16 * 1024 * 1024;
const MOST_PARTS = 10_000;
/** Parts of a file that are sent at once. */
const AT_ONCE = 3;
/** Milliseconds for a connection, and for a server that says nothing. */
const TIMEOUTS = { connectionTimeout: 10_000, requestTimeout: 60_000 };

const SIGN_IN =
  'Give the access key as ID:SECRET in the variable that the datastore names, name a profile of ~/.aws, or sign in with: aws sso login';

export class S3Store implements ObjectStore {
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;
  private readonly place: S3Place;

  /** @param secret `ID:SECRET` or `ID:SECRET:TOKEN`; absent: as Amazon's tools sign in @throws UNAUTHENTICATED */
  constructor(place: S3Place, secret?: string) {
    this.bucket = place.bucket;
    this.prefix = place.prefix === undefined ? '' : `${place.prefix}/`;
    this.place = place;
    this.client = new S3Client(configurationOf(place, secret));
  }

  async stat(path: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    const input = { Bucket: this.bucket, Key: this.keyOf(path) };
    try {
      const { ContentLength, ETag, Metadata } = await this.client.send(new HeadObjectCommand(input), {
        abortSignal: signal,
      });
      return { path, bytes: ContentLength ?? 0, etag: ETag ?? '', ...writerIn(Metadata) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      const read = () =>
        this.client.send(new GetObjectCommand({ ...input, Range: 'bytes=0-0' }), { abortSignal: signal });
      throw this.failure(await reasonBehind(error, read), path);
    }
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const prefix = folder === '' ? this.prefix : `${this.keyOf(folder)}/`;
    let next: string | undefined;
    do {
      const page = await this.page(prefix, next, folder, signal);
      // Keys may have characters that XML cannot.
      const isEncoded = page.EncodingType === 'url';
      for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? []) {
        const key = isEncoded ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key;
        const path = key.slice(this.prefix.length);
        yield { path, bytes: Size, etag: ETag, ...(Size === 0 && key.endsWith('/') && { isFolder: true }) };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async read(
    { path, etag }: { path: string; etag: string },
    from: number,
    signal: AbortSignal,
  ): Promise<FileBody> {
    const input = {
      ...{ Bucket: this.bucket, Key: this.keyOf(path), IfMatch: etag },
      ...(from > 0 && { Range: `bytes=${from}-` }),
    };
    try {
      const { Body, ContentRange } = await this.client.send(new GetObjectCommand(input), {
        abortSignal: signal,
      });
      const [, first] = /^bytes (\d+)-/.exec(ContentRange ?? '') ?? [];
      return { from: first === undefined ? 0 : Number(first), body: Body as AsyncIterable<Uint8Array> };
    } catch (error) {
      if (isOther(error)) throw new ChangedError(path);
      throw this.failure(error, path);
    }
  }

  async write(path: string, written: Written, signal: AbortSignal): Promise<void> {
    const { file, bytes, writer } = written;
    const target = { Bucket: this.bucket, Key: this.keyOf(path) };
    const begin = { ...target, Metadata: metadataOf(writer) };
    try {
      if (bytes <= PART) {
        const Body = await fs.promises.readFile(file, { signal });
        await this.client.send(new PutObjectCommand({ ...begin, Body }), { abortSignal: signal });
      } else await this.writeParts(begin, written, signal);
    } catch (error) {
      throw this.failure(error, path);
    }
  }

  private async writeParts(
    { Metadata, ...target }: { Bucket: string; Key: string; Metadata: Record<string, string> },
    { file, bytes, onSent }: Written,
    signal: AbortSignal,
  ): Promise<void> {
    const abortSignal = signal;
    let sent = 0;
    const begun = await this.client.send(new CreateMultipartUploadCommand({ ...target, Metadata }), {
      abortSignal,
    });
    const upload = { ...target, UploadId: begun.UploadId };
    const size = Math.max(PART, Math.ceil(bytes / MOST_PARTS));
    const numbers = Array.from({ length: Math.ceil(bytes / size) }, (_, i) => i + 1);
    const handle = await fs.promises.open(file);
    try {
      const Parts = await mapBounded(numbers, AT_ONCE, async (PartNumber) => {
        const from = (PartNumber - 1) * size;
        const Body = Buffer.allocUnsafe(Math.min(size, bytes - from));
        await handle.read(Body, 0, Body.length, from);
        const part = new UploadPartCommand({ ...upload, PartNumber, Body });
        const { ETag } = await this.client.send(part, { abortSignal });
        sent += Body.length;
        onSent?.(sent);
        return { PartNumber, ETag };
      });
      const whole = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
      await this.client.send(whole, { abortSignal });
    } catch (error) {
      // Parts that have arrived cost money until they are given up. A server that is gone cannot be told.
      await Promise.allSettled([this.client.send(new AbortMultipartUploadCommand(upload))]);
      throw error;
    } finally {
      await handle.close();
    }
  }

  private async page(
    Prefix: string,
    ContinuationToken: string | undefined,
    folder: string,
    signal: AbortSignal,
  ): Promise<ListObjectsV2CommandOutput> {
    const input = { Bucket: this.bucket, Prefix, ContinuationToken, EncodingType: 'url' as const };
    try {
      return await this.client.send(new ListObjectsV2Command(input), { abortSignal: signal });
    } catch (error) {
      throw this.failure(error, folder);
    }
  }

  private keyOf(path: string): string {
    return `${this.prefix}${path}`;
  }

  private failure(error: unknown, path: string): unknown {
    return failureOf(error, addressIn(this.place, path), SIGN_IN);
  }
}

function configurationOf(place: S3Place, secret: string | undefined): S3ClientConfig {
  const { endpoint, profile, pathStyle } = place;
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  // Servers that are not Amazon's have no regions, but a signature names one.
  const region = place.region ?? (AWS_REGION || AWS_DEFAULT_REGION) ?? (endpoint && 'us-east-1');
  return {
    ...(region && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(profile !== undefined && { profile }),
    ...(secret !== undefined && { credentials: credentialsIn(secret) }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    followRegionRedirects: true,
    // Servers that are not Amazon's know few of its checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: TIMEOUTS,
  };
}

function credentialsIn(secret: string) {
  const [accessKeyId = '', secretAccessKey = '', ...token] = secret.trim().split(':');
  if (accessKeyId === '' || secretAccessKey === '')
    throw new TrainyardError('UNAUTHENTICATED', 'The secret of the datastore is not an access key of S3.', {
      hint: 'It is ID:SECRET, or ID:SECRET:TOKEN for a session.',
    });
  return { accessKeyId, secretAccessKey, ...(token.length > 0 && { sessionToken: token.join(':') }) };
}
