import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProcessTarget } from '../../../src/targets/process/target.js';
import { buildSupervisor } from '../../support/supervisor.js';
import { targetContract } from '../../contract/target.js';
import { Connection } from '../../contract/toy-target/connection.js';
import { ToyTarget } from '../../contract/toy-target/target.js';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-targets-')));
const clean = () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });

targetContract(
  'process',
  async (context) => new ProcessTarget({ ...context, supervisor: await buildSupervisor(scratch) }),
);

const otherSide = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-toy-'));
targetContract('toy', () => new ToyTarget(new Connection(otherSide)), {
  after: () => {
    fs.rmSync(otherSide, { recursive: true, force: true, maxRetries: 5 });
    clean();
  },
});
