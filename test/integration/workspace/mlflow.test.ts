import { readConfig } from '../../../src/workspace/mlflow/config.js';
import { MlflowWorkspace } from '../../../src/workspace/mlflow/workspace.js';
import { lineageContract } from '../../contract/lineage.js';
import { type Subject, workspaceContract } from '../../contract/workspace.js';
import { mlflowSeed } from '../../support/mlflow-seed.js';
import { startMlflow } from '../mlflow/peer.js';
import { hasPython, type PythonEnvironment } from '../mlflow/python.js';

const SERVERS: { version: string; python: PythonEnvironment; withoutLoggedModels?: true }[] = [
  { version: '3', python: 'full' },
  { version: '2', python: 'server2', withoutLoggedModels: true },
];

for (const { version, python, withoutLoggedModels } of SERVERS)
  (hasPython(python) ? describe : describe.skip)(`a tracking server of MLflow ${version}`, () => {
    const subject = {
      async open(): Promise<Subject> {
        const server = await startMlflow({ python });
        const uri = `http://127.0.0.1:${server.port}`;
        const config = readConfig({ id: 'team', name: 'Team', kind: 'mlflow', uri });
        return {
          workspace: new MlflowWorkspace({ id: 'team', label: 'Team' }, config, {
            get: () => Promise.resolve(undefined),
          }),
          seed: mlflowSeed(uri),
          close: () => server.close(),
        };
      },
    };
    workspaceContract('mlflow', {
      lacks: ['environments', 'data', 'datastores'],
      wholeUpTo: 2_499,
      ...(withoutLoggedModels && { withoutLoggedModels }),
      ...subject,
    });
    if (!withoutLoggedModels) lineageContract('mlflow', subject);
  });
