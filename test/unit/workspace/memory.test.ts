import { randomUUID } from 'node:crypto';
import { workspaceContract } from '../../contract/workspace.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { memorySeed } from '../../support/memory-seed.js';

// What other tests stand on has to do what the real kinds do.
workspaceContract('memory', {
  lacks: ['datastores'],
  listensAfter: 0,
  open() {
    const workspace = new MemoryWorkspace({ id: `memory-${randomUUID()}` });
    return Promise.resolve({ workspace, seed: memorySeed(workspace), close: () => Promise.resolve() });
  },
});
