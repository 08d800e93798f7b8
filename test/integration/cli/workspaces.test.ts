import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { findServer, shutdown } from '../../../src/workspace/local/launch.js';
import { TestHome } from '../../support/home.js';

interface Listed {
  id: string;
  name: string;
  kind: string;
  active: boolean;
  home: string;
}

/** Two local workspaces, as a person uses them from a terminal. */
describe('workspaces on the command line', function () {
  this.timeout(600_000);
  let test: TestHome;
  let team: Listed;

  before(() => {
    test = new TestHome();
    test.write('ok.sh', 'echo "in $1"\n');
  });
  after(async () => {
    for (const { home } of listed()) {
      const server = await findServer(home);
      if (server) await shutdown(server);
    }
    await test.close();
  });

  const runWith = (env: Record<string, string>, ...args: string[]) => test.cli(args, { env });
  const run = (...args: string[]) => test.cli(args);
  const json = <T>(...args: string[]) => JSON.parse(run(...args, '--json').stdout) as T;
  const listed = () => json<{ workspaces: Listed[] }>('workspaces').workspaces;
  const names = (...args: string[]) =>
    json<{ runs: { name: string }[] }>('runs', ...args)
      .runs.map(({ name }) => name)
      .sort();

  it('begin with the one of this computer', () => {
    assert.deepEqual(
      listed().map(({ id, kind, active, home }) => ({ id, kind, active, home })),
      [{ id: 'local', kind: 'local', active: true, home: test.home }],
    );
  });

  it('are added with a store each, and --workspace says which is meant, before or after the command', () => {
    const { status, stdout } = run('workspaces', 'add', 'My Team');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^Added My Team \(my-team-\w+\)\. Use it with: trainyard workspaces use 'My Team'\n$/,
    );
    team = listed().find(({ name }) => name === 'My Team') ?? assert.fail('It is not listed.');
    assert.equal(run('submit', 'ok.sh', '--name', 'here', '--wait', '--', 'local').status, 0);
    const there = run('--workspace', 'my team', 'submit', 'ok.sh', '--name', 'there', '--wait', '--', 'team');
    assert.equal(there.status, 0, there.stderr);
    assert.deepEqual(names(), ['here']);
    assert.deepEqual(names('--workspace', team.id), ['there']);
    assert.ok(fs.existsSync(path.join(team.home, 'server.json')));
  });

  it('are chosen by TRAINYARD_WORKSPACE, over which --workspace wins', () => {
    const env = { TRAINYARD_WORKSPACE: 'My Team' };
    assert.match(runWith(env, 'runs').stdout, /there/);
    assert.match(runWith(env, 'runs', '--workspace', 'local').stdout, /here/);
    const { status, stderr } = runWith({ TRAINYARD_WORKSPACE: 'gone' }, 'runs');
    assert.equal(status, 1);
    assert.match(stderr, /There is no workspace “gone”\.\nThe workspaces are “Local”, “My Team”/);
  });

  it('name a run together with it, wherever a run is asked for', () => {
    assert.equal(run('run', 'logs', 'there').status, 1);
    assert.equal(run('run', 'logs', `${team.id}/there`).stdout, 'in team\n');
    assert.equal(run('run', 'logs', 'My Team/there').stdout, 'in team\n');
    // One that is named wins over the option.
    assert.equal(run('run', 'logs', 'local/here', '--workspace', team.id).stdout, 'in local\n');
    const { id } = json<{ id: string }>('run', 'show', `${team.id}/there`);
    assert.equal(
      json<{ workspace: string }>('run', 'show', `${team.id}/${id.slice(0, 8)}`).workspace,
      team.id,
    );
    const across = run('run', 'diff', 'here', `${team.id}/there`);
    assert.equal(across.status, 2);
    assert.match(across.stderr, /in different workspaces/);
  });

  it('find a run whose name has a slash in it', () => {
    run('submit', 'ok.sh', '--name', 'lr/0.1', '--wait', '--', 'slash');
    assert.equal(run('run', 'logs', 'lr/0.1').stdout, 'in slash\n');
    assert.equal(run('run', 'logs', 'local/lr/0.1').stdout, 'in slash\n');
  });

  it('are in what is printed for copying, when another is the active one', () => {
    const [, undo = ''] =
      /Restore it with: trainyard (.*)/.exec(run('run', 'delete', `${team.id}/there`).stdout) ?? [];
    assert.match(undo, new RegExp(`^run undelete ${team.id}/[0-9a-f]{12}$`));
    assert.equal(run(...undo.split(' ')).status, 0);
    assert.deepEqual(names('--workspace', team.id), ['there']);
    const [, plain = ''] = /Restore it with: trainyard (.*)/.exec(run('run', 'delete', 'here').stdout) ?? [];
    assert.match(plain, /^run undelete [0-9a-f]{12}$/);
    run(...plain.split(' '));
  });

  it('are used, by name or id, until another is', () => {
    assert.equal(run('workspaces', 'use', 'My Team').status, 0);
    assert.deepEqual(names(), ['there']);
    assert.match(run('workspaces').stdout, /^\* +My Team/m);
    assert.equal(json<{ home: string }>('server', 'status').home, team.home);
    assert.equal(run('workspaces', 'use', 'local').status, 0);
    assert.equal(json<{ home: string }>('server', 'status').home, test.home);
    assert.equal(json<{ stopped: boolean }>('server', 'stop', '--workspace', team.id).stopped, true);
    assert.equal(run('server', 'status', '--workspace', team.id).status, 3);
    assert.equal(run('server', 'status').status, 0);
    assert.equal(run('store', 'verify', '--workspace', team.id).status, 0);
  });

  it('are renamed and keep their id', () => {
    assert.equal(run('workspaces', 'rename', 'My Team', 'Crew').stdout, 'My Team is called Crew now.\n');
    assert.deepEqual(names('--workspace', 'crew'), ['there']);
    assert.equal(listed().find(({ name }) => name === 'Crew')?.id, team.id);
    const taken = run('workspaces', 'rename', 'Crew', 'local');
    assert.equal(taken.status, 2);
    assert.match(taken.stderr, /There is a workspace “Local” already\.\nChoose another name/);
  });

  it('are removed when that is confirmed, after what it would lose was said, and can be had again', () => {
    const asked = run('workspaces', 'remove', 'Crew');
    assert.equal(asked.status, 2);
    assert.match(asked.stderr, /Remove the workspace “Crew”\? It has 1 run, .* which are kept.*\n.*--yes/);
    assert.ok(listed().some(({ name }) => name === 'Crew'));
    const { folder } = json<{ folder: string }>('workspaces', 'remove', 'Crew', '--yes');
    assert.deepEqual(
      listed().map(({ id }) => id),
      ['local'],
    );
    assert.equal(run('workspaces', 'add', 'Again', '--home', folder).status, 0);
    assert.deepEqual(names('--workspace', 'again'), ['there']);
  });

  it('are not removed while a job is active, and the one of this computer never is', () => {
    test.write('long.sh', 'sleep 300\n');
    const { id } = json<{ id: string }>('submit', 'long.sh', '--workspace', 'again');
    const { status, stderr } = run('workspaces', 'remove', 'Again', '--yes');
    assert.equal(status, 1);
    assert.match(stderr, /has an active job\.\n/);
    assert.equal(run('run', 'cancel', `again/${id}`).status, 0);
    assert.equal(run('workspaces', 'remove', 'local', '--yes').status, 2);
  });

  it('say what is wrong with a call', () => {
    for (const [args, said] of [
      [['add', 'x', '--kind', 'nope'], /“nope” is not a kind of workspace\.\nThe kinds are .*local/],
      [
        ['add', 'x', '--kind', 'local', '--uri', 'http://h'],
        /--uri does not apply to .* kind local\.\nSee: /,
      ],
      [['add', ''], /needs a name\.\n/],
    ] as const) {
      const { status, stderr } = run('workspaces', ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, said);
    }
    const error = JSON.parse(run('workspaces', 'use', 'nobody', '--json').stderr) as {
      error: { code: string };
    };
    assert.equal(error.error.code, 'NOT_FOUND');
    assert.equal(run('submit', 'none.py', '--', '--json').stderr.startsWith('trainyard: '), true);
  });
});
