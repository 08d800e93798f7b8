import assert from 'node:assert/strict';
import { buildScriptJob } from '../../../src/job/build.js';
import { withoutToken } from '../../../src/server/api/without-token.js';

describe('a submit', () => {
  const submit = (environmentVariables: Record<string, string>) =>
    withoutToken(
      {
        spec: {
          ...buildScriptJob({
            script: '/project/train.py',
            codeFolder: '/project',
            workingFolder: '/project',
            interpreter: 'python',
            environmentVariables,
          }),
          secrets: ['MLFLOW_TRACKING_PASSWORD', 'WANDB_API_KEY', 'FORGOTTEN'],
        },
        baseEnv: { MLFLOW_TRACKING_TOKEN: 'T0KEN', PATH: '/bin', AUTH: 'Bearer T0KEN' },
        secrets: { MLFLOW_TRACKING_PASSWORD: 'T0KEN', WANDB_API_KEY: 'w' },
        umask: 0o22,
      },
      'T0KEN',
    );

  it("leaves out what holds the server's token, and nothing else", () => {
    const { spec, baseEnv, secrets, umask } = submit({ LR: '1', COPY: 'T0KEN' });
    assert.deepEqual(baseEnv, { PATH: '/bin' });
    assert.deepEqual(secrets, { WANDB_API_KEY: 'w' });
    // What was given without a value stays, and is refused.
    assert.deepEqual(spec.secrets, ['WANDB_API_KEY', 'FORGOTTEN']);
    assert.deepEqual(spec.environmentVariables, { LR: '1' });
    assert.equal(umask, 0o22);
  });

  it('leaves out the address of this server that came with it, for the job has its own', () => {
    const { spec } = submit({
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:5123',
      MLFLOW_TRACKING_TOKEN: 'T0KEN',
    });
    assert.deepEqual(spec.environmentVariables, {});
  });

  it('keeps the address of another server', () => {
    const uri = 'https://mlflow.example.com';
    const elsewhere = submit({ MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: 'T0KEN' });
    assert.deepEqual(elsewhere.spec.environmentVariables, { MLFLOW_TRACKING_URI: uri });
    const local = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000', MLFLOW_TRACKING_TOKEN: 'its own' };
    assert.deepEqual(submit(local).spec.environmentVariables, local);
  });
});
