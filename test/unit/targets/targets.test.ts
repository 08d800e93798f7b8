import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { TargetContext, TargetKind } from '../../../src/targets/context.js';
import type { Target } from '../../../src/targets/target.js';
import { Targets } from '../../../src/targets/targets.js';

const context: TargetContext = {
  home: os.tmpdir(),
  log: pino({ level: 'silent' }),
  settings: () => ({ parallelJobs: 1 }),
  jobFolder: (id) => path.join(os.tmpdir(), id),
  listen: () => Promise.reject(new Error('This server listens nowhere.')),
};

/** A kind with targets of these names, of which nothing but the name is asked. */
const kindOf = (kind: string, ...names: string[]): TargetKind => ({
  kind,
  load: async () => ({ open: () => names.map((name) => ({ kind, name }) as Target) }),
});

describe('targets of several kinds', () => {
  it('leave a name to the kind that had it first, and say so of the other', async () => {
    const targets = new Targets([kindOf('process', 'local'), kindOf('ssh', 'gpu', 'local')], context);
    const { targets: all, failed } = await targets.all();
    assert.deepEqual(
      all.map(({ kind, name }) => [kind, name]),
      [['process', 'local']],
    );
    assert.deepEqual(
      failed.map(({ kind, error }) => [kind, (error as { hint?: string }).hint]),
      [['ssh', 'There is another target “local”.']],
    );
    assert.equal(targets.known('local')?.kind, 'process');
    assert.equal(targets.known('gpu'), undefined);
  });

  it('are refused when one kind has a name twice', async () => {
    const { failed } = await new Targets([kindOf('ssh', 'gpu', 'gpu')], context).all();
    assert.deepEqual(
      failed.map(({ error }) => (error as { hint?: string }).hint),
      ['There is another target “gpu”.'],
    );
  });
});
