import assert from 'node:assert/strict';
import { buildScriptJob } from '../../../src/job/build.js';
import type { WorkspaceEntry } from '../../../src/workspace/configuration/list.js';
import type { Surroundings } from '../../../src/workspace/registry.js';

// Imported as the kinds are: a `require` by Mocha would be a second copy of their errors.
const { logTo, placesToLog, secretsForLogging } = await import('../../../src/workspace/log-to.js');

const spec = (environmentVariables: Record<string, string> = {}) =>
  buildScriptJob({
    script: '/code/train.py',
    codeFolder: '/code',
    workingFolder: '/code',
    interpreter: '/bin/python',
    experiment: 'shared',
    environmentVariables,
  });
const server = (id: string, more: object = {}): WorkspaceEntry => ({
  id,
  name: id,
  kind: 'mlflow',
  uri: 'https://host',
  ...more,
});
const BASIC = { auth: 'basic', user: 'eva' };

/** Each workspace has one secret, for whatever it is asked for. */
const surroundingsOf = ({ id }: WorkspaceEntry): Surroundings => ({
  home: '/home',
  serverEntry: '',
  credentials: { get: () => Promise.resolve(id === 'unknown' ? undefined : `secret of ${id}`) },
});
const logged = (entry: WorkspaceEntry, own: Record<string, string> = {}, secrets: string[] = []) =>
  logTo(spec(own), secrets, entry, surroundingsOf(entry));

describe('a job that logs to another workspace', () => {
  it('gets the server and the experiment as variables, and its secret apart', async () => {
    const { spec: made, secrets } = await logged(server('team', BASIC), { SEED: '1' });
    assert.deepEqual(made.environmentVariables, {
      SEED: '1',
      MLFLOW_EXPERIMENT_NAME: 'shared',
      MLFLOW_TRACKING_URI: 'https://host',
      MLFLOW_TRACKING_USERNAME: 'eva',
    });
    assert.deepEqual(secrets, { MLFLOW_TRACKING_PASSWORD: 'secret of team' });
    assert.deepEqual((await logged(server('open'))).secrets, {});
  });

  it('keeps the experiment that its own variables name', async () => {
    const named: Record<string, string>[] = [
      { MLFLOW_EXPERIMENT_NAME: 'mine' },
      { MLFLOW_EXPERIMENT_ID: '7' },
    ];
    for (const own of named) {
      const { environmentVariables: all } = (await logged(server('team'), own)).spec;
      assert.deepEqual(all, { ...own, MLFLOW_TRACKING_URI: 'https://host' });
    }
  });

  it('is refused where two servers are named, or one that scripts cannot reach', async () => {
    const other = { MLFLOW_TRACKING_URI: 'http://other' };
    await assert.rejects(logged(server('team'), other), { code: 'BAD_REQUEST' });
    await assert.rejects(logged(server('team'), {}, ['MLFLOW_TRACKING_TOKEN']), { code: 'BAD_REQUEST' });
    await assert.rejects(logged(server('unknown', BASIC)), { code: 'UNAUTHENTICATED' });
    const header = server('keyed', { auth: 'header', header: 'X-Key' });
    await assert.rejects(logged(header), { code: 'NOT_SUPPORTED' });
    await assert.rejects(logged({ id: 'b', name: 'b', kind: 'local' }), { code: 'NOT_SUPPORTED' });
  });

  it('finds its secrets again in the workspace that it logged to', async () => {
    const entries = [
      { id: 'local', name: 'Local', kind: 'local' },
      server('later', { kind: 'of a later version' }),
      server('keyed', { auth: 'header', header: 'X-Key' }),
      server('open'),
      server('token', { auth: 'token' }),
      server('ann', { auth: 'basic', user: 'ann' }),
      server('eva', BASIC),
      server('elsewhere', { ...BASIC, uri: 'https://elsewhere' }),
    ];
    const find = async (entry: WorkspaceEntry, more: string[] = []) => {
      const { spec: made, secrets } = await logged(entry);
      return secretsForLogging(made, [...Object.keys(secrets), ...more], entries, surroundingsOf);
    };
    for (const id of ['eva', 'ann', 'elsewhere'])
      assert.deepEqual(
        await find(
          entries.find((entry) => entry.id === id)!,
          ['KEY'],
        ),
        {
          MLFLOW_TRACKING_PASSWORD: `secret of ${id}`,
        },
      );
    assert.deepEqual(await find(entries[4]!), { MLFLOW_TRACKING_TOKEN: 'secret of token' });
    assert.deepEqual(await find(entries[3]!, ['KEY']), {});
    // Of a workspace that was removed.
    assert.deepEqual(await find(server('gone', { ...BASIC, uri: 'https://gone' })), {});
  });

  it('has those workspaces to choose from that scripts can log to, with what keeps them from it', async () => {
    const places = await placesToLog(
      [
        { id: 'local', name: 'Local', kind: 'local' },
        server('later', { kind: 'of a later version' }),
        server('keyed', { auth: 'header', header: 'X-Key' }),
        server('team', BASIC),
      ],
      surroundingsOf,
    );
    assert.deepEqual(
      places.map(({ entry, problem }) => [entry.id, problem]),
      [
        ['keyed', "MLflow's client cannot send the header X-Key."],
        ['team', undefined],
      ],
    );
  });
});
