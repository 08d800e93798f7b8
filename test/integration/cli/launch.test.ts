import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { hasPython, interpreter } from '../mlflow/python.js';

/** Says how it was started, as Python itself knows it. In one write: the lines of several processes do not mix then. */
const TELL = `
import json, os, sys
os.write(1, (json.dumps({
    "argv": sys.argv[1:], "package": __package__, "file": os.path.realpath(sys.argv[0]),
    "folder": os.getcwd(), "rank": os.environ.get("RANK"), "python": sys.executable,
}) + "\\n").encode())
`;

interface Told {
  argv: string[];
  package: string | null;
  file: string;
  folder: string;
  rank: string | null;
  python: string;
}

describe('what a job runs, from the command line', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
    test.write('train.py', TELL);
    test.write('src/pkg/__init__.py', '');
    test.write('src/pkg/train.py', `from . import __name__ as package\n${TELL}`);
    test.write('go.sh', '#!/bin/sh\necho "went $1 from $(cat README.md)"\n');
    fs.chmodSync(path.join(test.project, 'go.sh'), 0o755);
    fs.mkdirSync(path.join(test.project, 'sub'));
  });
  after(() => test.close());

  const call = (args: string[], cwd = test.project) => test.cli(['submit', ...args], { cwd });

  /** The run as it ended, and what its last lines told. */
  async function submit(args: string[], cwd?: string): Promise<{ run: Run; log: string; told: Told[] }> {
    const at = args.indexOf('--');
    const flags = ['--wait', '--json'];
    const { stdout, stderr } = call(at < 0 ? [...args, ...flags] : args.toSpliced(at, 0, ...flags), cwd);
    assert.ok(stdout, stderr);
    const run = JSON.parse(stdout) as Run;
    const log = await test.log(run.id);
    assert.equal(run.state, 'finished', log);
    const told = log.split('\n').filter((line) => line.startsWith('{"argv"'));
    return { run, log, told: told.map((line) => JSON.parse(line) as Told) };
  }
  /** In the person's folder as the job sees it; where that cannot be shown to it, in a checkout that is named alike. */
  const isInCode = (file: string | undefined, ...names: string[]) =>
    assert.ok(file?.endsWith(path.join(test.project, ...names)), file);

  it('runs a module from the code that was kept, in the folder that one is in', async () => {
    const { run, told } = await submit(
      ['-m', 'pkg.train', '--', '--lr', '1'],
      path.join(test.project, 'sub'),
    );
    const [one] = told;
    assert.deepEqual(one?.argv, ['--lr', '1']);
    assert.equal(one?.package, 'pkg');
    isInCode(one?.file, 'src', 'pkg', 'train.py');
    isInCode(one?.folder, 'sub');
    assert.equal(run.code?.script, 'src/pkg/train.py');
    assert.deepEqual(run.job?.command.slice(1), ['-m', 'pkg.train', '--lr', '1']);
    assert.equal(Buffer.from(await test.workspace.code.read(run.id, 'src/pkg/__init__.py')).length, 0);
  });

  it('runs a module that is not of the code, which has no script', async () => {
    const { run, log } = await submit(['-m', 'json.tool', '--', 'data.json'], dataFolder());
    assert.match(log, /"a": 1/);
    assert.equal(run.code?.script, undefined);
    assert.match(run.tags['mlflow.source.name'] ?? '', /^python\S* -m json\.tool data\.json$/);
  });

  function dataFolder(): string {
    test.write('data/data.json', '{"a": 1}');
    return path.join(test.project, 'data');
  }

  it('runs code, and a command', async () => {
    const code = await submit(['-c', 'import sys; print("two words", sys.argv[1:])', '--', 'x']);
    assert.equal(code.log, "two words ['x']\n");
    const command = await submit(['--command', '--', './go.sh', 'far']);
    assert.equal(command.log, 'went far from # A project\n');
    assert.equal(command.run.code?.script, 'go.sh');
    assert.deepEqual((await submit(['--command', '--', 'git', '--version'])).log.slice(0, 11), 'git version');
  });

  it('says in JSON what was chosen to run it', () => {
    const python = path.join(test.root, 'venv', 'bin', 'python');
    fs.mkdirSync(path.dirname(python), { recursive: true });
    fs.symlinkSync(interpreter('usual'), python);
    const { stdout } = call(['--python', '../venv', '--json', 'train.py']);
    const answer = JSON.parse(stdout) as { interpreter: object };
    assert.deepEqual(answer.interpreter, { path: python, source: '--python' });
  });

  for (const [what, args, message] of [
    ['two things', ['-m', 'a', '-c', 'b'], /-m and -c cannot be used together/],
    ['nothing', [], /nothing to run/],
    ['a file as a module', ['-m', 'src/pkg/train.py'], /is a file/],
    ['no command', ['--command'], /There is no command/],
    [
      'a command that is not there',
      ['--command', '--', 'no-such-program'],
      /no-such-program is not on the PATH/,
    ],
    ['a command that is no program', ['--command', '--', './README.md'], /is not an executable program/],
    ['a launcher with code', ['--launcher', 'torchrun', '-c', 'x'], /torchrun can run a script or a module/],
    ['a launcher of Python with a shell script', ['--launcher', 'torchrun', 'go.sh'], /torchrun runs Python/],
    [
      'a launcher that is not there',
      ['--launcher', 'no-such-mpi', 'train.py'],
      /The launcher no-such-mpi is neither/,
    ],
    ['an interpreter that is not there', ['--python', './none', 'train.py'], /does not exist/],
  ] as [string, string[], RegExp][])
    it(`refuses ${what}, as a wrong call`, () => {
      const { status, stderr } = call(args);
      assert.match(stderr, message);
      assert.equal(status, 2);
    });

  it('says that the environment is broken, and submits nothing', () => {
    const folder = path.join(test.root, 'broken');
    fs.mkdirSync(path.join(folder, '.venv', 'bin'), { recursive: true });
    fs.symlinkSync('/gone/python3', path.join(folder, '.venv', 'bin', 'python'));
    fs.writeFileSync(path.join(folder, 'train.py'), '');
    const { status, stderr } = call(['train.py'], folder);
    assert.match(stderr, /The environment \.venv is broken: its bin\/python leads to \/gone\/python3/);
    assert.equal(status, 2);
  });

  describe('through a launcher', () => {
    let python: string;
    before(function () {
      if (!hasPython('full')) this.skip();
      python = interpreter('full');
    });

    it('runs a script on two processes with torchrun, each with its arguments', async () => {
      const launcher = ['--launcher', 'torchrun --nproc-per-node 2', '--python', python];
      const { run, told } = await submit([...launcher, 'train.py', '--', '--lr', '1']);
      assert.deepEqual(told.map(({ rank }) => rank).sort(), ['0', '1']);
      for (const one of told) {
        assert.deepEqual(one.argv, ['--lr', '1']);
        isInCode(one.file, 'train.py');
        assert.equal(one.python, python);
      }
      assert.equal(run.code?.script, 'train.py');
    });

    it('runs a module with torchrun, and with accelerate', async () => {
      for (const launcher of ['torchrun --nproc-per-node=1', 'accelerate launch --cpu --num_processes 1']) {
        const { told } = await submit(['--launcher', launcher, '--python', python, '-m', 'pkg.train']);
        assert.deepEqual(
          told.map((one) => one.package),
          ['pkg'],
        );
        isInCode(told[0]?.file, 'src', 'pkg', 'train.py');
      }
    });
  });
});
