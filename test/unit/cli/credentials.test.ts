import assert from 'node:assert/strict';
import { credentialsOf, variableFor } from '../../../src/cli/credentials.js';

describe('credentials from the environment', () => {
  const entry = { id: 'team-a.x7k2', uri: 'https://host/mlflow/' };

  it('have a variable for each workspace', () => {
    assert.equal(variableFor(entry, 'token'), 'TRAINYARD_TEAM_A_X7K2_TOKEN');
    assert.equal(variableFor(entry, 'headerValue'), 'TRAINYARD_TEAM_A_X7K2_HEADER_VALUE');
  });

  it('are its own before those of MLflow’s client', async () => {
    const env = { TRAINYARD_TEAM_A_X7K2_TOKEN: 'own', MLFLOW_TRACKING_TOKEN: 'general' };
    assert.equal(await credentialsOf(entry, env).get('token'), 'own');
    assert.equal(await credentialsOf({ id: 'other' }, env).get('token'), 'general');
    assert.equal(await credentialsOf(entry, { MLFLOW_TRACKING_PASSWORD: 'p' }).get('password'), 'p');
    assert.equal(await credentialsOf(entry, { MLFLOW_TRACKING_TOKEN: '' }).get('token'), undefined);
  });

  it('are not sent to a server that they are not for', async () => {
    const env = { MLFLOW_TRACKING_TOKEN: 'secret', MLFLOW_TRACKING_URI: 'http://127.0.0.1:4000' };
    assert.equal(await credentialsOf(entry, env).get('token'), undefined);
    assert.equal(
      await credentialsOf(entry, { ...env, MLFLOW_TRACKING_URI: 'https://HOST/mlflow' }).get('token'),
      'secret',
    );
  });

  it('tell which variable was looked for', async () => {
    let asked = '';
    await credentialsOf(entry, {}, (variable) => (asked = variable)).get('password');
    assert.equal(asked, 'TRAINYARD_TEAM_A_X7K2_PASSWORD');
  });
});
