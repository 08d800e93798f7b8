import assert from 'node:assert/strict';
import { TrainyardError } from '../../../../src/base/errors.js';
import {
  authHeaders,
  type MlflowConfig,
  readConfig,
  trackingOf,
} from '../../../../src/workspace/mlflow/config.js';
import { MLFLOW_KIND } from '../../../../src/workspace/mlflow/kind.js';

const entry = (settings: object) => ({ id: 'team', name: 'Team', kind: 'mlflow', ...settings });
const secrets = (all: Record<string, string>) => ({ get: (name: string) => Promise.resolve(all[name]) });

describe('the configuration of an MLflow server', () => {
  it('takes an address as people copy it', () => {
    const uriOf = (uri: string) => readConfig(entry({ uri })).uri;
    assert.equal(uriOf('http://host:5000'), 'http://host:5000');
    assert.equal(uriOf(' https://host/ '), 'https://host');
    assert.equal(uriOf('https://host/team/mlflow//'), 'https://host/team/mlflow');
    assert.equal(uriOf('http://host:5000/#/experiments/3/runs/ab?x=1'), 'http://host:5000');
    assert.equal(uriOf('http://[::1]:5000/'), 'http://[::1]:5000');
  });

  it('refuses what is no address of a server, and never says a password', () => {
    for (const uri of [
      '',
      'host:5000',
      'sqlite:///x.db',
      'file:///runs',
      'databricks',
      'http://',
      'ftp://host',
    ])
      assert.throws(
        () => readConfig(entry({ uri })),
        (error) => TrainyardError.is(error, 'BAD_REQUEST'),
        uri,
      );
    for (const uri of ['https://eva:hunter2@host', 'sftp://eva:hunter2@host'])
      assert.throws(
        () => readConfig(entry({ uri })),
        (error) => TrainyardError.is(error, 'BAD_REQUEST') && !/hunter2/.test(error.message + error.hint),
        uri,
      );
  });

  it('waits as long as it says', () => {
    const uri = 'http://host';
    assert.equal(readConfig(entry({ uri })).timeout, 30_000);
    assert.equal(readConfig(entry({ uri, timeout: '5' })).timeout, 5_000);
    assert.equal(readConfig(entry({ uri, timeout: 0.5 })).timeout, 500);
    for (const timeout of ['soon', '-1', '1e9', 0])
      assert.throws(() => readConfig(entry({ uri, timeout })), /number of seconds/);
  });

  it('signs in with the secret that was set apart', async () => {
    const headersOf = (settings: object, all: Record<string, string>) =>
      authHeaders(readConfig(entry({ uri: 'http://host', ...settings })), secrets(all));
    assert.deepEqual(await headersOf({}, { token: 't' }), {});
    assert.deepEqual(await headersOf({ auth: 'token' }, { token: 't' }), { authorization: 'Bearer t' });
    const basic = await headersOf({ auth: 'basic', user: 'eva' }, { password: 'ö:1' });
    const [, code = ''] = basic['authorization']!.split(' ');
    assert.equal(Buffer.from(code, 'base64').toString(), 'eva:ö:1');
    assert.deepEqual(await headersOf({ auth: 'header', header: 'X-API-Key' }, { headerValue: 'k' }), {
      'x-api-key': 'k',
    });
  });

  it('says which secret is missing, or cannot be sent', async () => {
    const config = readConfig(entry({ uri: 'http://host', auth: 'token' }));
    await assert.rejects(authHeaders(config, secrets({})), { code: 'UNAUTHENTICATED' });
    await assert.rejects(authHeaders(config, secrets({ token: 'a\r\nx: 1' })), (error) => {
      assert.ok(TrainyardError.is(error, 'BAD_REQUEST'));
      assert.doesNotMatch(error.message, /x: 1/);
      return true;
    });
  });

  it('takes no header that is none or not its own', () => {
    for (const header of ['', 'a b', 'x:y', 'Host', 'content-length', 'ä'])
      assert.throws(
        () => readConfig(entry({ uri: 'http://host', auth: 'header', header })),
        /header/i,
        header,
      );
    assert.throws(() => readConfig(entry({ uri: 'http://host', auth: 'magic' })), { code: 'BAD_REQUEST' });
    assert.throws(() => readConfig(entry({ uri: 'http://host', auth: 'basic' })), /user name/);
  });

  it('tells MLflow’s own client the same, with the secrets apart', async () => {
    const config = (settings: object): MlflowConfig =>
      readConfig(entry({ uri: 'https://host/', ...settings }));
    const token = trackingOf(config({ auth: 'token', ca: '/ca.pem' }), secrets({ token: 't' }));
    assert.deepEqual(token.variables, {
      MLFLOW_TRACKING_URI: 'https://host',
      MLFLOW_TRACKING_SERVER_CERT_PATH: '/ca.pem',
    });
    assert.deepEqual(token.secretNames, ['MLFLOW_TRACKING_TOKEN']);
    assert.deepEqual(await token.secrets(), { MLFLOW_TRACKING_TOKEN: 't' });
    const basic = trackingOf(config({ auth: 'basic', user: 'eva' }), secrets({ password: 'p' }));
    assert.equal(basic.variables['MLFLOW_TRACKING_USERNAME'], 'eva');
    assert.deepEqual(await basic.secrets(), { MLFLOW_TRACKING_PASSWORD: 'p' });
    const unknown = trackingOf(config({ auth: 'basic', user: 'eva' }), secrets({}));
    await assert.rejects(unknown.secrets(), { code: 'UNAUTHENTICATED' });
    const none = trackingOf(config({}), secrets({}));
    assert.deepEqual([none.secretNames, await none.secrets()], [[], {}]);
    const header = config({ auth: 'header', header: 'X-Key' });
    assert.throws(() => trackingOf(header, secrets({ headerValue: 'k' })), { code: 'NOT_SUPPORTED' });
  });

  it('is asked for no more than fits', () => {
    const asked = (answers: Record<string, string>) =>
      MLFLOW_KIND.questions.filter(({ when }) => when?.(answers) ?? true).map(({ name }) => name);
    assert.deepEqual(asked({ uri: 'http://host', auth: 'none' }), ['uri', 'auth', 'timeout']);
    assert.deepEqual(asked({ uri: 'http://host', auth: 'token' }), ['uri', 'auth', 'token', 'timeout']);
    assert.deepEqual(asked({ uri: 'https://host', auth: 'basic' }), [
      'uri',
      'auth',
      'user',
      'password',
      'ca',
      'timeout',
    ]);
    assert.deepEqual(asked({ uri: 'http://host', auth: 'header' }), [
      'uri',
      'auth',
      'header',
      'headerValue',
      'timeout',
    ]);
  });
});
