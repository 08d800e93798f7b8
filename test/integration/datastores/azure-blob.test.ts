import assert from 'node:assert/strict';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  type ContainerClient,
  generateBlobSASQueryParameters,
  RestError,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { TrainyardError } from '../../../src/base/errors.js';
import { mapBounded } from '../../../src/base/map-bounded.js';
import type { BlobPlace } from '../../../src/job/datastore.js';
import { BlobStore } from '../../../src/server/datastores/azure-blob.js';
import { DatastoreSecrets } from '../../../src/server/datastores/secrets.js';
import { DatastoreSource } from '../../../src/server/datastores/source.js';
import { Gate } from '../../support/gate.js';
import { AZURITE_ACCOUNT, AZURITE_KEY, startAzurite, type StorageServer } from '../../support/storage.js';
import { datastoreSuite, type Subject } from './suite.js';

const { signal } = new AbortController();
const CREDENTIAL = new StorageSharedKeyCredential(AZURITE_ACCOUNT, AZURITE_KEY);

const placeAt = (endpoint: string, container: string, prefix?: string): BlobPlace => ({
  kind: 'azure_blob',
  container,
  account: AZURITE_ACCOUNT,
  endpoint: `${endpoint}/${AZURITE_ACCOUNT}`,
  ...(prefix !== undefined && { prefix }),
});

async function containerOf({ url }: StorageServer, name: string): Promise<ContainerClient> {
  const container = new BlobServiceClient(`${url}/${AZURITE_ACCOUNT}`, CREDENTIAL).getContainerClient(name);
  await container.createIfNotExists();
  return container;
}

/** @param hours until it expires */
function signatureFor(containerName: string, allowed: string, hours = 1): string {
  const expiresOn = new Date(Date.now() + hours * 3_600_000);
  const permissions = ContainerSASPermissions.parse(allowed);
  return generateBlobSASQueryParameters({ containerName, expiresOn, permissions }, CREDENTIAL).toString();
}

async function open(): Promise<Subject> {
  const server = await startAzurite();
  const container = await containerOf(server, 'rows');
  return {
    server,
    place: placeAt,
    secret: AZURITE_KEY,
    async put(key, content) {
      const bytes = Buffer.from(content);
      await container.getBlockBlobClient(key).upload(bytes, bytes.length);
    },
    async putFolder(key) {
      await container.getBlockBlobClient(key).upload('', 0, { metadata: { hdi_isfolder: 'true' } });
    },
    part: 'comp=block&',
    makeRoom: async (room) => void (await containerOf(server, room)),
    async read(key, room = 'rows') {
      try {
        return await (await containerOf(server, room)).getBlobClient(key).downloadToBuffer();
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
    close: () => server.close(),
  };
}

datastoreSuite('azure_blob', open);

describe('a container of Azure Blob Storage', () => {
  let server: StorageServer;
  let container: ContainerClient;

  before(async () => {
    server = await startAzurite();
    container = await containerOf(server, 'rows');
    await container.getBlockBlobClient('a.csv').upload('a', 1);
  });
  after(() => server?.close());

  it('is listed page by page', async () => {
    const many = await containerOf(server, 'many');
    const keys = Array.from({ length: 500 }, (_, i) => `set/${String(i).padStart(5, '0')} ü.csv`);
    await mapBounded(keys, 16, (key) => many.getBlockBlobClient(key).upload('x', 1));
    const secrets = new DatastoreSecrets();
    secrets.set('store', signatureFor('many', 'rl'));
    // A signature does not sign the query, so the pages can be made small.
    const gate = new Gate(server.port);
    gate.rewrite = (path) => (path.includes('comp=list') ? `${path}&maxresults=50` : path);
    const place = placeAt(await gate.open(), 'many');
    const datastore = { name: 'store', place, description: '', tags: {}, createdAt: 0 };
    const files = await new DatastoreSource(datastore, secrets, 'set', 'uri_folder').list(signal);
    await gate.shut();
    assert.deepEqual(
      files.map(({ path }) => `set/${path}`),
      keys,
    );
    assert.equal(gate.count('GET', 'comp=list'), 10);
  });

  it('is signed in to by a key, a signature or a connection string', async () => {
    const sas = signatureFor('rows', 'rl');
    for (const secret of [
      AZURITE_KEY,
      ` ${AZURITE_KEY}\n`,
      sas,
      `?${sas}`,
      `DefaultEndpointsProtocol=http;AccountName=${AZURITE_ACCOUNT};AccountKey=${AZURITE_KEY};`,
      `BlobEndpoint=${server.url}/${AZURITE_ACCOUNT};SharedAccessSignature=${sas}`,
    ]) {
      const store = await BlobStore.open(placeAt(server.url, 'rows'), secret);
      assert.equal((await store.stat('a.csv', signal))?.bytes, 1, secret);
    }
  });

  it('refuses whoever is not signed in, or has no permission, in words', async () => {
    const refuses = async (secret: string, code: string, words: RegExp) => {
      const store = await BlobStore.open(placeAt(server.url, 'rows'), secret);
      for (const call of [() => store.stat('a.csv', signal), () => store.list('', signal).next()])
        await assert.rejects(call() as Promise<unknown>, (error) => {
          assert.ok(TrainyardError.is(error), String(error));
          assert.equal(error.code, code, error.message);
          assert.match(error.message, words);
          assert.ok(!JSON.stringify(error).includes(secret));
          return true;
        });
    };
    const wrong = Buffer.from('wrong').toString('base64');
    await refuses(wrong, 'UNAUTHENTICATED', /Not signed in to http:.*rows/);
    await refuses(signatureFor('rows', 'rl', -1), 'UNAUTHENTICATED', /Not signed in to/);
    await refuses(signatureFor('rows', 'w'), 'FORBIDDEN', /No permission for/);
  });

  it('says that nobody is signed in where nothing signs in', async function () {
    this.timeout(120_000);
    const kept = { ...process.env };
    for (const name of Object.keys(process.env))
      if (/^(AZURE|MSI|IDENTITY)_/.test(name)) delete process.env[name];
    Object.assign(process.env, { PATH: '/nowhere', AZURE_TOKEN_CREDENTIALS: 'dev' });
    try {
      const place = { ...placeAt('', 'rows'), endpoint: 'https://127.0.0.1:9' };
      const store = await BlobStore.open(place);
      await assert.rejects(
        store.stat('a.csv', signal),
        (error) => TrainyardError.is(error, 'UNAUTHENTICATED') && /az login/.test(error.hint ?? ''),
      );
    } finally {
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, kept);
    }
  });
});
