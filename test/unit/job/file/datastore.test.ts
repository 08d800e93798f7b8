import assert from 'node:assert/strict';
import path from 'node:path';
import { TrainyardError } from '../../../../src/base/errors.js';
import { readDatastoreFile } from '../../../../src/job/file/datastore.js';

const folder = path.resolve('/work/stores');
const read = (...lines: string[]) => readDatastoreFile(lines.join('\n'), path.join(folder, 'store.yml'));

describe('a datastore of a file', () => {
  it('is a container of Azure ML, whose key is apart from it', () => {
    const { datastore, secret } = read(
      '$schema: https://azuremlschemas.azureedge.net/latest/azureBlob.schema.json',
      'name: blob_example',
      'type: azure_blob',
      'description: Datastore pointing to a blob container.',
      'account_name: mytestblobstore',
      'container_name: data-container',
      'credentials:',
      '  account_key: "c2VjcmV0"',
    );
    assert.deepEqual(datastore, {
      name: 'blob_example',
      place: {
        kind: 'azure_blob',
        container: 'data-container',
        account: 'mytestblobstore',
        endpoint: 'https://mytestblobstore.blob.core.windows.net',
      },
      description: 'Datastore pointing to a blob container.',
    });
    assert.equal(secret, 'c2VjcmV0');
  });

  it('has the protocol, the cloud and the signature that Azure ML gives it', () => {
    const { datastore, secret } = read(
      'name: a',
      'type: azure_blob',
      'account_name: acc',
      'container_name: con',
      'protocol: http',
      'endpoint: core.chinacloudapi.cn',
      'credentials: {sas_token: "?sv=1&sig=x"}',
    );
    assert.equal((datastore.place as { endpoint: string }).endpoint, 'http://acc.blob.core.chinacloudapi.cn');
    assert.equal(secret, '?sv=1&sig=x');
    const whole = read(
      ...['name: a', 'type: azure_blob', 'account_name: acc', 'container_name: con'],
      'endpoint: http://127.0.0.1:10000/acc/',
    );
    assert.equal((whole.datastore.place as { endpoint: string }).endpoint, 'http://127.0.0.1:10000/acc');
  });

  it('is a file system of a data lake, with the application that signs in', () => {
    const { datastore, secret } = read(
      '$schema: https://azuremlschemas.azureedge.net/latest/azureDataLakeGen2.schema.json',
      'name: adls_gen2_example',
      'type: azure_data_lake_gen2',
      'account_name: mytestdatalakegen2',
      'filesystem: my-gen2-container',
      'credentials:',
      '  tenant_id: t-1',
      '  client_id: c-1',
      '  client_secret: s-1',
    );
    assert.deepEqual(datastore.place, {
      kind: 'azure_data_lake_gen2',
      filesystem: 'my-gen2-container',
      account: 'mytestdatalakegen2',
      endpoint: 'https://mytestdatalakegen2.dfs.core.windows.net',
      application: { tenantId: 't-1', clientId: 'c-1' },
    });
    assert.equal(secret, 's-1');
  });

  it('is a bucket, or a folder beside the file', () => {
    assert.deepEqual(
      read(
        ...['name: minio', 'type: s3', 'bucket: rows', 'prefix: /a/b/', 'region: eu-central-1'],
        ...['endpoint: http://minio:9000', 'path_style: true', 'profile: lab', 'secret_env: MINIO_KEYS'],
        'tags: {team: 7}',
      ),
      {
        datastore: {
          name: 'minio',
          place: {
            kind: 's3',
            bucket: 'rows',
            prefix: 'a/b',
            region: 'eu-central-1',
            endpoint: 'http://minio:9000',
            pathStyle: true,
            profile: 'lab',
          },
          secretEnv: 'MINIO_KEYS',
          tags: { team: '7' },
        },
      },
    );
    assert.deepEqual(read('name: disk', 'type: folder', 'path: ../disk').datastore, {
      name: 'disk',
      place: { kind: 'folder', path: path.resolve(folder, '../disk') },
    });
  });

  it('tells what is wrong, each with its place', () => {
    const fails = (lines: string[], words: RegExp) =>
      assert.throws(
        () => read(...lines),
        (error) => TrainyardError.is(error, 'BAD_REQUEST') && words.test(error.message),
        lines.join(' | '),
      );
    fails(['name: a', 'type: s3'], /“bucket” is missing/);
    fails(['name: a', 'type: azure_file', 'account_name: b'], /2:7 .*azure_file/);
    fails(['name: a', 'type: folder', 'path: x', 'bucket: y'], /4:1 .*bucket/);
    fails(['name: a', 'type: folder', 'path: s3://bucket/x'], /not an absolute path/);
    fails(['name: a b', 'type: folder', 'path: x'], /“a b” cannot be the name/);
    fails(['name: a', 'type: s3', 'bucket: b', 'endpoint: "https://k:s@host"'], /must not be written down/);
    fails(['name: a', 'type: s3', 'bucket: b', 'secret_env: "AKIA:xyz"'], /not the name of an environment/);
    fails([''], /empty/);
  });
});
