import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import type { DataLakePlace } from '../../../src/job/datastore.js';
import { DataLakeStore } from '../../../src/server/datastores/azure-data-lake.js';
import { DatastoreSecrets } from '../../../src/server/datastores/secrets.js';
import { DatastoreSource } from '../../../src/server/datastores/source.js';
import { DataLakeServer, LAKE_ACCOUNT, LAKE_KEY } from '../../support/data-lake.js';
import { datastoreSuite } from './suite.js';

const { signal } = new AbortController();

const placeAt = (endpoint: string, filesystem: string, prefix?: string): DataLakePlace => ({
  kind: 'azure_data_lake_gen2',
  filesystem,
  account: LAKE_ACCOUNT,
  endpoint: `${endpoint}/${LAKE_ACCOUNT}`,
  ...(prefix !== undefined && { prefix }),
});

// Azure's own library against a server by the published contract: there is no emulator of a data lake.
datastoreSuite('azure_data_lake_gen2', async () => {
  const server = await DataLakeServer.open('rows');
  return {
    server,
    place: placeAt,
    secret: LAKE_KEY,
    put: async (key, content) => void server.put('rows', key, Buffer.from(content)),
    putFolder: async (key) => void server.put('rows', key, Buffer.alloc(0), true),
    part: 'action=append',
    makeRoom: async (room) => void server.filesystems.set(room, new Map()),
    read: (key, room = 'rows') => Promise.resolve(server.filesystems.get(room)?.get(key)?.content),
    close: () => server.close(),
  };
});

describe('a file system of Azure Data Lake Storage Gen2', () => {
  let server: DataLakeServer;

  before(async () => {
    server = await DataLakeServer.open('rows');
  });
  after(() => server?.close());

  it('is listed page by page', async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `set/${String(i).padStart(5, '0')} ü.csv`);
    for (const key of keys) server.put('rows', key, Buffer.from('x'));
    const secrets = new DatastoreSecrets();
    secrets.set('store', LAKE_KEY);
    const datastore = {
      name: 'store',
      place: placeAt(server.url, 'rows'),
      description: '',
      tags: {},
      createdAt: 0,
    };
    const files = await new DatastoreSource(datastore, secrets, 'set', 'uri_folder').list(signal);
    assert.deepEqual(
      files.map(({ path }) => `set/${path}`),
      keys,
    );
  });

  it('refuses a wrong key in words', async () => {
    const store = await DataLakeStore.open(
      placeAt(server.url, 'rows'),
      Buffer.from('wrong').toString('base64'),
    );
    for (const call of [() => store.stat('a.csv', signal), () => store.list('', signal).next()])
      await assert.rejects(
        call() as Promise<unknown>,
        (error) =>
          TrainyardError.is(error, 'UNAUTHENTICATED') && /Not signed in to http:.*rows/.test(error.message),
      );
  });
});
