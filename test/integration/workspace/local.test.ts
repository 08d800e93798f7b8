import { findServer } from '../../../src/workspace/local/launch.js';
import { lineageContract } from '../../contract/lineage.js';
import { type Subject, workspaceContract } from '../../contract/workspace.js';
import { TestHome } from '../../support/home.js';
import { mlflowSeed } from '../../support/mlflow-seed.js';

const subject = {
  async open(): Promise<Subject> {
    const home = new TestHome();
    await home.workspace.status();
    const server = await findServer(home.home);
    if (!server) throw new Error('The server of the test is gone.');
    return {
      workspace: home.workspace,
      seed: mlflowSeed(`http://127.0.0.1:${server.port}`, { authorization: `Bearer ${server.token}` }),
      close: () => home.close(),
    };
  },
};
workspaceContract('local', subject);
lineageContract('local', subject);
