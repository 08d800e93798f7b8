import assert from 'node:assert/strict';
import { splitReference } from '../../../src/cli/find-run.js';
import { completeList } from '../../../src/workspace/configuration/list.js';

describe('a run that is named with its workspace', () => {
  const named = (id: string, name: string) => ({ id, name, kind: 'local' });
  const list = completeList({ workspaces: [named('a-1', 'a'), named('ab-1', 'a/b')] });

  for (const [given, workspace, run] of [
    ['2f81', undefined, '2f81'],
    ['A/2f81', 'a-1', '2f81'],
    ['a/b/2f81', 'ab-1', '2f81'],
    ['a/c/2f81', 'a-1', 'c/2f81'],
    ['other/2f81', undefined, 'other/2f81'],
    ['/2f81', undefined, '/2f81'],
  ] as const)
    it(`is found for ${given}`, () => {
      const [entry, rest] = splitReference(list, given);
      assert.deepEqual([entry?.id, rest], [workspace, run]);
    });
});
