import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cliEntry, TestHome } from '../../support/home.js';

describe('the command line', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
  });
  after(() => test.close());

  const run = (...args: string[]) => test.cli(args);
  const json = <T>(...args: string[]) => JSON.parse(run(...args, '--json').stdout) as T;

  it('says 3 when no server runs, and starts none', () => {
    assert.equal(run('server', 'status').status, 3);
    assert.ok(!fs.existsSync(path.join(test.home, 'server.json')));
  });

  it('says 2 for a wrong call', () => {
    assert.equal(run('submit').status, 2);
    assert.equal(run('submit', 'no-such-file.py').status, 2);
    assert.equal(run('nonsense').status, 2);
    assert.equal(run('runs', '--limit', 'x').status, 2);
  });

  it('prints what tells programs of one’s own of the server, for a shell to take in', () => {
    const variables = json<Record<string, string>>('env');
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'eval "$("$0" "$1" env --shell sh)"; env', process.execPath, cliEntry],
      { env: { PATH: process.env['PATH'], TRAINYARD_HOME: test.home }, encoding: 'utf8' },
    );
    const got = new Map(stdout.split('\n').map((line) => [line.split('=', 1)[0], line.replace(/^\w+=/, '')]));
    assert.match(variables['MLFLOW_TRACKING_URI'] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    for (const [name, value] of Object.entries(variables)) assert.equal(got.get(name), value);
    assert.equal(run('env', '--shell', 'csh').status, 2);
  });

  it('submits, waits, and ends as the job did', () => {
    test.write('ok.sh', 'echo "hello $1 $K"\n');
    test.write('bad.sh', 'exit 5\n');
    assert.equal(run('submit', 'ok.sh', '--name', 'fine', '--env', 'K=V', '--wait', '--', 'you').status, 0);
    assert.equal(run('submit', 'bad.sh', '--name', 'broken', '--wait').status, 5);
    assert.equal(run('run', 'logs', 'fine').stdout, 'hello you V\n');
  });

  it('lists runs and finds them by the start of an id', () => {
    const { runs } = json<{ runs: { id: string; name: string; code: { head: string } }[] }>(
      'runs',
      '--commit',
      'HEAD',
    );
    assert.deepEqual(runs.map(({ name }) => name).sort(), ['broken', 'fine']);
    const [first] = runs;
    assert.equal(json<{ id: string }>('run', 'show', first?.id.slice(0, 8) ?? '').id, first?.id);
    assert.equal(run('run', 'show', 'nobody').status, 1);
    assert.equal(run('runs', '--filter', 'x = = 1').status, 2);
  });

  it('shows how the code differs and writes it out', () => {
    test.write('ok.sh', 'echo edited\n');
    assert.match(run('run', 'diff', 'fine').stdout, /\+echo edited/);
    const copy = path.join(test.root, 'copy');
    assert.equal(run('run', 'restore', 'fine', copy).status, 0);
    assert.equal(fs.readFileSync(path.join(copy, 'ok.sh'), 'utf8'), 'echo "hello $1 $K"\n');
  });

  it('cancels and deletes', () => {
    test.write('long.sh', 'sleep 60\n');
    const { id } = json<{ id: string }>('submit', 'long.sh');
    assert.equal(run('run', 'delete', id).status, 1);
    assert.equal(run('run', 'cancel', id).status, 0);
    run('run', 'logs', '-f', id); // until it has ended
    assert.equal(run('run', 'delete', id).status, 0);
    assert.ok(!json<{ runs: { id: string }[] }>('runs').runs.some((other) => other.id === id));
  });

  it('says how to restore the experiment that a submit is refused for, and that works', () => {
    test.write('it.sh', 'true\n');
    const submit = () => run('submit', 'it.sh', '--experiment', 'my old one', '--name', 'again', '--wait');
    assert.equal(submit().status, 0);
    assert.match(run('experiments', 'delete', 'my old one').stdout, /experiments restore 'my old one'/);
    assert.match(run('experiments', 'list', '--deleted').stdout, /my old one/);
    assert.doesNotMatch(run('experiments').stdout, /my old one/);
    const refused = submit();
    assert.equal(refused.status, 1);
    const [, command = ''] = /Restore it with: trainyard (.*)/.exec(refused.stderr) ?? [];
    assert.equal(command, "experiments restore 'my old one'");
    assert.equal(run('experiments', 'restore', 'my old one').status, 0);
    assert.equal(run('experiments', 'restore', 'my old one').status, 1);
    assert.equal(submit().status, 0);
    assert.equal(json<{ runs: unknown[] }>('runs', '--experiment', 'my old one').runs.length, 2);
  });

  it('purges what was deleted when it is told to, and says what that frees', () => {
    run('purge', '--yes');
    test.write('large.sh', 'head -c 300000 /dev/urandom > large.bin\n');
    run('submit', 'large.sh', '--name', 'large', '--wait');
    assert.match(run('run', 'delete', 'large').stdout, /run undelete/);
    assert.match(run('runs', '--deleted').stdout, /large/);
    assert.equal(run('run', 'undelete', 'large').status, 0);
    run('run', 'delete', 'large');
    const asked = run('purge');
    assert.equal(asked.status, 2);
    assert.match(asked.stderr, /Permanently remove 1 run\? This frees about .*--yes/s);
    assert.equal(json<{ runs: number }>('purge', '--older-than', '1h', '--yes').runs, 0);
    assert.equal(run('purge', '--older-than', 'soon').status, 2);
    const purged = json<{ runs: number; bytes: number; done: boolean }>('purge', '--yes');
    assert.deepEqual([purged.runs, purged.done], [1, true]);
    assert.ok(purged.bytes > 300_000);
    assert.equal(run('run', 'show', 'large').status, 1);
    assert.match(run('purge', '--yes').stdout, /Nothing to purge/);
  });
});
