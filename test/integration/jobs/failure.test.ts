import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { FailureCause, Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';

const PYTHON = process.env['TRAINYARD_TEST_PYTHON'] ?? 'python3';

describe('a job that fails', () => {
  let test: TestHome;
  let root: string;

  before(() => {
    test = new TestHome();
    root = fs.realpathSync(test.project);
    test.write('lib/data.py', 'def load(path):\n    return open(path).read()\n');
    test.write('lib/__init__.py', '');
  });
  after(() => test.close());

  const cli = (...args: string[]) => test.cli(args);
  const submit = (name: string, script: string, ...flags: string[]) => {
    test.write(name, script);
    return cli('submit', name, ...(name.endsWith('.py') ? ['--python', PYTHON] : []), ...flags);
  };
  const causeOf = async (id: string): Promise<FailureCause | undefined> => (await test.ended(id)).job?.cause;

  it('says why, and where in the person’s file, in the API and on the command line', async () => {
    const script = "from lib.data import load\nprint('start')\nload('data/train.csv')\n";
    const { status, stdout } = submit('train.py', script, '--name', 'lost', '--wait');
    assert.equal(status, 1);
    const headline = "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'";
    const hint = `It looked for ${path.join(root, 'data/train.csv')}.`;
    const lines = stdout.trimEnd().split('\n').slice(-3);
    assert.deepEqual(lines, [
      `lost failed: ${headline}`,
      `  at ${path.join(root, 'lib/data.py')}:2`,
      `  ${hint}`,
    ]);
    assert.ok(cli('run', 'show', 'lost').stdout.includes(`failed: ${headline}`));
    assert.ok(cli('runs').stdout.includes('FileNotFoundError: [Errno 2]'));

    const { runs } = JSON.parse(cli('runs', '--json').stdout) as { runs: Run[] };
    const expected = { kind: 'missing-file', headline, file: 'lib/data.py', line: 2, hint };
    const { exception: _, message: __, ...found } = runs[0]?.job?.cause ?? {};
    assert.deepEqual(found, expected);
    const run = await test.workspace.run(runs[0]?.id ?? '');
    assert.deepEqual(run.job?.cause, runs[0]?.job?.cause);
  });

  it('says it at the end of --watch, too, with its own exit code', () => {
    const { status, stdout } = submit('watched.sh', 'echo training\nno-such-program\n', '--watch');
    assert.equal(status, 127);
    assert.match(stdout, /failed: no-such-program: (?:command )?not found\n {2}at \/.*watched\.sh:2\n/);
  });

  it('says that it asked for input', () => {
    const { stdout } = submit('asks.py', "name = input('Name? ')\n", '--wait');
    assert.match(
      stdout,
      /failed: EOFError: EOF when reading a line\n.*asks\.py:1\n.*jobs do not have\. Pass it/,
    );
  });

  it('says which signal ended it, or which limit', async () => {
    const killed = await causeOf((await test.submit('kill -9 $$\n')).id);
    assert.deepEqual([killed?.kind, killed?.headline], ['signal', 'Killed (SIGKILL)']);
    const slow = await causeOf((await test.submit('sleep 60\n', { timeout: 1 })).id);
    assert.deepEqual([slow?.kind, slow?.headline], ['timeout', 'It ran longer than its limit of 1 s.']);
    const missing = await causeOf((await test.submit('', { program: 'no-such-program' })).id);
    assert.deepEqual([missing?.kind, missing?.headline], ['start', 'no-such-program was not found.']);
  });

  it('is found at the end of a log that is long', async () => {
    const script = `yes 'epoch 1 loss 0.1' | head -c 3000000\nprintf '\\r 10%%\\r 20%%'\nno-such-program\n`;
    assert.match(
      (await causeOf((await test.submit(script)).id))?.headline ?? '',
      /^no-such-program: .*not found$/,
    );
  });

  it('has no cause while it runs, when it finishes, and when it is cancelled', async () => {
    const { id } = await test.submit('sleep 60\n');
    assert.equal((await test.workspace.run(id)).job?.cause, undefined);
    await test.workspace.jobs.cancel(id);
    assert.equal(await causeOf(id), undefined);
    assert.equal(await causeOf((await test.submit('echo done\n')).id), undefined);
  });

  it('prints into a pipe what a terminal would show, and the bytes when they are asked for', async () => {
    const { id } = await test.submit("printf 'a 10%%\\nb 10%%\\033[A\\ra 90%%\\n\\rb 90%%\\nend\\n'\n");
    await test.ended(id);
    assert.equal(cli('run', 'logs', id).stdout, 'a 90%\nb 90%\nend\n');
    assert.equal(cli('run', 'logs', '--raw', id).stdout, 'a 10%\nb 10%\u001B[A\ra 90%\n\rb 90%\nend\n');
    const { log } = JSON.parse(cli('run', 'logs', '--json', id).stdout) as { log: string };
    assert.equal(log, 'a 90%\nb 90%\nend\n');
  });
});
