import assert from 'node:assert/strict';
import { TrainyardError } from '../../../../src/base/errors.js';
import {
  completeList,
  findWorkspace,
  newId,
  problemOfName,
  withActive,
  withAdded,
  withRemoved,
  withRenamed,
} from '../../../../src/workspace/configuration/list.js';

const TEAM = { id: 'team-a1b2', name: 'Team', kind: 'local' };
const LIST = completeList({ active: TEAM.id, workspaces: [TEAM] });

const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (TrainyardError.is(error)) return error.code;
    throw error;
  }
  return undefined;
};

describe('the list of workspaces', () => {
  it('always has the one of this computer, first', () => {
    assert.deepEqual(completeList({}), {
      active: 'local',
      workspaces: [{ id: 'local', name: 'Local', kind: 'local' }],
    });
    assert.deepEqual(
      LIST.workspaces.map(({ id }) => id),
      ['local', 'team-a1b2'],
    );
  });

  it('keeps the place and name that were given to the one of this computer', () => {
    const own = { id: 'local', name: 'Mine', kind: 'local' };
    assert.deepEqual(completeList({ workspaces: [TEAM, own] }).workspaces, [TEAM, own]);
  });

  it('is active on this computer when the active one is gone', () => {
    assert.equal(completeList({ active: 'gone', workspaces: [TEAM] }).active, 'local');
    assert.equal(withRemoved(LIST, TEAM.id).active, 'local');
    assert.equal(withActive(withRemoved(LIST, TEAM.id), 'local').active, 'local');
  });

  it('finds a workspace by its id, then by its name in any case of letters', () => {
    assert.equal(findWorkspace(LIST, 'team-a1b2'), TEAM);
    assert.equal(findWorkspace(LIST, ' TEAM '), TEAM);
    assert.equal(
      codeOf(() => findWorkspace(LIST, 'tea')),
      'NOT_FOUND',
    );
  });

  it('says what is wrong with a name', () => {
    assert.equal(problemOfName(LIST, 'Team two'), undefined);
    for (const name of [
      '',
      '  ',
      'team',
      ' TEAM',
      'local',
      TEAM.id,
      'a\nb',
      'x'.repeat(101),
      '--json',
      '\u200b',
      'a\u2028b',
      'x\u202ey',
    ])
      assert.equal(typeof problemOfName(LIST, name), 'string', JSON.stringify(name));
    assert.equal(problemOfName(LIST, 'team', TEAM.id), undefined, 'its own name in other letters');
  });

  it('takes names that look the same for the same', () => {
    const more = withAdded(LIST, { id: 'e-1', name: 'Été Größe', kind: 'local' });
    for (const same of ['E\u0301te\u0301 Gro\u0308ße', 'ÉTÉ GRÖSSE']) {
      assert.equal(typeof problemOfName(more, same), 'string', same);
      assert.equal(findWorkspace(more, same).id, 'e-1');
    }
  });

  it('adds, renames and removes without touching the others', () => {
    const more = withAdded(LIST, { id: 'x-1', name: ' X ', kind: 'mlflow', uri: 'http://x', later: 1 });
    assert.deepEqual(more.workspaces.at(-1), {
      id: 'x-1',
      name: 'X',
      kind: 'mlflow',
      uri: 'http://x',
      later: 1,
    });
    const renamed = withRenamed(more, 'x-1', 'Y');
    assert.deepEqual(renamed.workspaces.at(-1), {
      id: 'x-1',
      name: 'Y',
      kind: 'mlflow',
      uri: 'http://x',
      later: 1,
    });
    assert.deepEqual(withRemoved(renamed, 'x-1'), LIST);
    assert.equal(
      codeOf(() => withAdded(LIST, { ...TEAM, id: 'other' })),
      'BAD_REQUEST',
    );
    assert.equal(
      codeOf(() => withRenamed(LIST, TEAM.id, 'Local')),
      'BAD_REQUEST',
    );
    assert.equal(
      codeOf(() => withRenamed(LIST, 'gone', 'Z')),
      'NOT_FOUND',
    );
    assert.equal(
      codeOf(() => withActive(LIST, 'gone')),
      'NOT_FOUND',
    );
  });

  it('does not remove the one of this computer', () => {
    assert.equal(
      codeOf(() => withRemoved(LIST, 'local')),
      'BAD_REQUEST',
    );
  });

  it('makes ids of names, another for each', () => {
    assert.match(newId('Équipe A/2'), /^equipe-a-2-[0-9a-z]{4}$/);
    assert.match(newId('実験'), /^workspace-[0-9a-z]{4}$/);
    assert.ok(new Set(Array.from({ length: 50 }, () => newId('a'))).size > 45);
  });
});
