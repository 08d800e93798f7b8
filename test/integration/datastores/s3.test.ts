import assert from 'node:assert/strict';
import {
  CreateBucketCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Place } from '../../../src/job/datastore.js';
import { DatastoreSecrets } from '../../../src/server/datastores/secrets.js';
import { S3Store } from '../../../src/server/datastores/s3.js';
import { DatastoreSource } from '../../../src/server/datastores/source.js';
import { TrainyardError } from '../../../src/base/errors.js';
import { type StorageServer, startS3 } from '../../support/storage.js';
import { datastoreSuite, type Subject } from './suite.js';

const SECRET = 'AKIATEST:very/secret+key';
const { signal } = new AbortController();

function clientOf({ url }: StorageServer): S3Client {
  const [accessKeyId = '', secretAccessKey = ''] = SECRET.split(':');
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}

const placeAt = (endpoint: string, bucket: string, prefix?: string): S3Place => ({
  kind: 's3',
  bucket,
  endpoint,
  region: 'us-east-1',
  ...(prefix !== undefined && { prefix }),
});

async function open(): Promise<Subject> {
  const server = await startS3();
  const client = clientOf(server);
  await client.send(new CreateBucketCommand({ Bucket: 'rows' }));
  const put = async (Key: string, Body: string | Uint8Array) =>
    void (await client.send(new PutObjectCommand({ Bucket: 'rows', Key, Body })));
  return {
    server,
    place: placeAt,
    secret: SECRET,
    put,
    putFolder: (key) => put(`${key}/`, Buffer.alloc(0)),
    part: 'partNumber=',
    makeRoom: async (Bucket) => void (await client.send(new CreateBucketCommand({ Bucket }))),
    async read(Key, Bucket = 'rows') {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from(await Body!.transformToByteArray());
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    close: () => server.close(),
  };
}

datastoreSuite('s3', open);

describe('a bucket of S3', () => {
  let server: StorageServer;
  let client: S3Client;

  before(async () => {
    server = await startS3();
    client = clientOf(server);
  });
  after(() => server?.close());

  const sourceAt = ({ url }: StorageServer, bucket: string) => {
    const secrets = new DatastoreSecrets();
    secrets.set('store', SECRET);
    const datastore = { name: 'store', place: placeAt(url, bucket), description: '', tags: {}, createdAt: 0 };
    return new DatastoreSource(datastore, secrets, 'set', 'uri_folder');
  };
  const sourceOf = async (Bucket: string, keys: readonly string[]) => {
    await client.send(new CreateBucketCommand({ Bucket }));
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    return sourceAt(server, Bucket);
  };

  it('is listed page by page', async () => {
    const full = await startS3({ bucket: 'many', keys: 'set/{:05} ü.csv', count: 10_000 });
    try {
      const files = await sourceAt(full, 'many').list(signal);
      const expected = Array.from({ length: 10_000 }, (_, i) => `${String(i).padStart(5, '0')} ü.csv`);
      assert.deepEqual(
        files.map(({ path }) => path),
        expected,
      );
    } finally {
      await full.close();
    }
  });

  it('has keys that are not taken as files here', async () => {
    for (const [bucket, key] of Object.entries({
      'leads-out': 'set/../../outside.csv',
      'is-absolute': 'set//etc/passwd',
      'has-a-dot': 'set/./a.csv',
      'of-windows': 'set/a\\..\\b.csv',
    })) {
      const source = await sourceOf(bucket, ['set/good.csv', key]);
      await assert.rejects(
        source.list(signal),
        (error) =>
          TrainyardError.is(error, 'BAD_REQUEST') && /cannot be the path of a file/.test(error.message),
        key,
      );
    }
    await assert.rejects(
      (await sourceOf('both', ['set/a', 'set/a/b.csv'])).list(signal),
      /“a\/b\.csv” and “a” in .* cannot both be files/,
    );
  });

  it('refuses whoever is not signed in, or has no permission, in words', async () => {
    const closed = await startS3();
    try {
      await clientOf(closed).send(new CreateBucketCommand({ Bucket: 'rows' }));
      const right = await makeUser(closed);
      await fetch(`${closed.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });
      const refuses = async (secret: string, code: string, words: RegExp) => {
        const store = new S3Store(placeAt(closed.url, 'rows'), secret);
        for (const call of [() => store.stat('a.csv', signal), () => store.list('', signal).next()])
          await assert.rejects(call() as Promise<unknown>, (error) => {
            assert.ok(TrainyardError.is(error), String(error));
            assert.equal(error.code, code, error.message);
            assert.match(error.message, words);
            return true;
          });
      };
      await refuses(
        'AKIANOBODY0000000000:x',
        'UNAUTHENTICATED',
        /Not signed in to s3:\/\/rows.*Access Key Id/,
      );
      await refuses(`${right.split(':')[0]}:wrong`, 'UNAUTHENTICATED', /signature/);
      await refuses(right, 'FORBIDDEN', /No permission for s3:\/\/rows/);
    } finally {
      await closed.close();
    }
    assert.throws(
      () => new S3Store(placeAt('http://127.0.0.1:9', 'rows'), 'only-an-id'),
      (error) => TrainyardError.is(error, 'UNAUTHENTICATED') && /ID:SECRET/.test(error.hint ?? ''),
    );
  });
});

/** A user of moto who may do nothing. @returns the secret */
async function makeUser({ url }: StorageServer): Promise<string> {
  const ask = async (action: string) => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x';
    const body = `Action=${action}&UserName=nobody&Version=2010-05-08`;
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return (await fetch(url, { method: 'POST', headers, body })).text();
  };
  await ask('CreateUser');
  const answer = await ask('CreateAccessKey');
  const [, id] = /<AccessKeyId>(.*?)</.exec(answer) ?? [];
  const [, secret] = /<SecretAccessKey>(.*?)</.exec(answer) ?? [];
  return `${id}:${secret?.replaceAll('&amp;', '&')}`;
}
