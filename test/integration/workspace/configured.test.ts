import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';
import { addWorkspace, holdingsOf, removeWorkspace } from '../../../src/workspace/configuration/changes.js';
import { readList } from '../../../src/workspace/configuration/file.js';
import type { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { openWorkspace, type Surroundings } from '../../../src/workspace/registry.js';
import { ACTIVE_STATES } from '../../../src/workspace/types.js';
import { serverEntry, stopServerOf, TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

describe('a further workspace of this computer', () => {
  let test: TestHome;
  let surroundings: Surroundings;

  before(() => {
    test = new TestHome();
    const credentials = { get: () => Promise.resolve(undefined) };
    surroundings = { home: test.home, serverEntry, credentials };
  });
  after(async () => {
    for (const name of fs.readdirSync(test.home))
      if (/workspaces$/.test(name))
        for (const each of fs.readdirSync(path.join(test.home, name)))
          await stopServerOf(path.join(test.home, name, each));
    await test.close();
  });

  async function add(name: string, home?: string): Promise<LocalWorkspace> {
    const entry = await addWorkspace({ name, kind: 'local', ...(home && { home }) }, surroundings);
    const workspace = await openWorkspace(entry, surroundings);
    assert.equal(workspace.kind, 'local');
    return workspace as LocalWorkspace;
  }

  const submit = async ({ jobs }: LocalWorkspace, script: string) => {
    test.write('train.sh', script);
    const folders = { codeFolder: test.project, workingFolder: test.project };
    const file = path.join(test.project, 'train.sh');
    return jobs.submit(buildScriptJob({ script: file, ...folders, interpreter: '/bin/sh' }));
  };
  const ended = (workspace: LocalWorkspace, id: string) =>
    until('the end of the job', async () => !ACTIVE_STATES.includes((await workspace.run(id)).state));

  it('has a store of its own, is not removed while jobs are active, and comes back with all its runs', async () => {
    const team = await add('Team');
    const { id } = await submit(team, 'sleep 600\n');
    assert.deepEqual((await test.workspace.runs({})).runs, []);
    const holdings = await holdingsOf('team', surroundings);
    assert.deepEqual([holdings?.runs, holdings?.models, holdings?.activeJobs], [1, 0, 1]);
    assert.ok(holdings!.bytes > 0);
    await assert.rejects(removeWorkspace('Team', surroundings), { code: 'CONFLICT' });
    assert.ok((await readList(test.home)).workspaces.some(({ name }) => name === 'Team'));

    await team.jobs.cancel(id);
    await ended(team, id);
    const { folder } = await removeWorkspace('Team', surroundings);
    assert.ok(folder !== undefined && fs.existsSync(path.join(folder, 'store')));
    assert.ok(!fs.existsSync(team.home));
    assert.deepEqual(
      (await readList(test.home)).workspaces.map(({ name }) => name),
      ['Local'],
    );

    const again = await add('Team', folder);
    assert.notEqual(again.id, team.id);
    assert.equal((await again.run(id)).state, 'cancelled');
    // A folder that was named stays where it is.
    assert.equal((await removeWorkspace('Team', surroundings)).folder, folder);
    assert.ok(fs.existsSync(path.join(folder, 'store')));
  });

  it('cannot share a folder, or have one that is not named as a whole', async () => {
    const own = await add('Own');
    for (const home of [own.home, test.home, 'relative/folder'])
      await assert.rejects(add('Other', home), { code: 'BAD_REQUEST' });
    await assert.rejects(addWorkspace({ name: 'Other', kind: 'none' }, surroundings), {
      code: 'BAD_REQUEST',
    });
    await assert.rejects(add('LOCAL'), { code: 'BAD_REQUEST' });
    await assert.rejects(removeWorkspace('Local', surroundings), { code: 'BAD_REQUEST' });
    // It was never opened: there is no folder.
    assert.equal((await removeWorkspace('Own', surroundings)).folder, undefined);
  });

  it('that cannot be opened can be removed, without a question to it', async () => {
    const broken = await add('Broken');
    fs.mkdirSync(path.join(broken.home, 'store'), { recursive: true });
    fs.writeFileSync(path.join(broken.home, 'store', 'trainyard.db'), 'no database');
    const { folder } = await removeWorkspace('Broken', surroundings, { isBroken: true });
    assert.ok(folder !== undefined && fs.existsSync(path.join(folder, 'store')));
  });
});
