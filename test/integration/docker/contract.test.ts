import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DockerTarget } from '../../../src/targets/docker/target.js';
import { targetContract } from '../../contract/target.js';
import { describeWithEngine } from '../../support/engine.js';
import { buildWatcher } from '../../support/watcher.js';

describeWithEngine('containers', ({ address, images }) => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-docker-'));
  targetContract(
    'docker',
    async (context) => new DockerTarget({ ...context, watcher: await buildWatcher(scratch) }),
    {
      environment: { kind: 'image', image: images.shell },
      asks: ['sh', '-c', 'wget -q -O - --header "Authorization: Bearer $TOKEN" "$MLFLOW_TRACKING_URI/x"'],
      settings: { parallelJobs: 4, targets: { docker: { host: address } } },
      after: () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }),
    },
  );
});
