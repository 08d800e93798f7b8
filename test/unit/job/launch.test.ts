import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { disk } from '../../../src/job/disk.js';
import { buildModuleJob } from '../../../src/job/build.js';
import {
  type Entry,
  invocationOf,
  isOfPython,
  launcherOf,
  problemOfModule,
} from '../../../src/job/launch.js';
import { findModule, moduleOf } from '../../../src/job/module.js';
import { titleOf, wordsOf } from '../../../src/job/spec.js';
import { resolve } from '../../../src/targets/process/resolve.js';

const PYTHON = '/env/bin/python';

describe('the command of a job', () => {
  let bin: string;
  before(() => {
    bin = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-launch-'));
    for (const name of ['mpirun', 'python']) fs.writeFileSync(path.join(bin, name), '', { mode: 0o755 });
  });
  after(() => fs.rmSync(bin, { recursive: true }));

  const where = () => ({
    env: { PATH: bin },
    platform: 'linux' as const,
    // All but the environment's Python is the real disk's.
    disk: { ...disk, kind: (name: string) => (name === PYTHON ? 'file' : disk.kind(name)) },
  });
  const invocation = (entry: Entry, launcher?: string) =>
    invocationOf(
      PYTHON,
      entry,
      ['--lr', '1'],
      launcher === undefined ? undefined : launcherOf(launcher, PYTHON, where()),
    );
  /** What the process target runs. */
  const command = (entry: Entry, launcher?: string) => resolve(invocation(entry, launcher), where());
  const script = { script: 'train.py' };
  const module = { module: 'pkg.train' };
  const code = { code: 'print(1)' };

  it('is a script, a module or code', () => {
    assert.deepEqual(command(script), [PYTHON, 'train.py', '--lr', '1']);
    assert.deepEqual(command(module), [PYTHON, '-m', 'pkg.train', '--lr', '1']);
    assert.deepEqual(command(code), [PYTHON, '-c', 'print(1)', '--lr', '1']);
  });

  it('names the interpreter for people, and has it in its environment', () => {
    const environment = { kind: 'interpreter', path: PYTHON };
    assert.deepEqual(invocation(script), { command: ['python', 'train.py', '--lr', '1'], environment });
    assert.deepEqual(invocation(code, 'mpirun -np 2'), {
      launcher: ['mpirun', '-np', '2'],
      command: ['python', '-c', 'print(1)', '--lr', '1'],
      environment,
    });
    assert.equal(wordsOf(invocation(module, 'mpirun')).join(' '), 'mpirun python -m pkg.train --lr 1');
    assert.deepEqual(invocationOf('C:\\R\\bin\\Rscript.exe', { script: 'fit.R' }, []).command, [
      'Rscript',
      'fit.R',
    ]);
  });

  it('starts a launcher of Python as a module of the interpreter', () => {
    const torch = [PYTHON, '-m', 'torch.distributed.run', '--nproc-per-node', '2'];
    assert.deepEqual(command(script, 'torchrun --nproc-per-node 2'), [...torch, 'train.py', '--lr', '1']);
    assert.deepEqual(command(module, 'torchrun --nproc-per-node 2'), [
      ...torch,
      '-m',
      'pkg.train',
      '--lr',
      '1',
    ]);
    const accelerate = [PYTHON, '-m', 'accelerate.commands.launch'];
    assert.deepEqual(command(script, 'accelerate launch --cpu'), [
      ...accelerate,
      '--cpu',
      'train.py',
      '--lr',
      '1',
    ]);
    assert.deepEqual(command(module, 'accelerate-launch'), [...accelerate, '-m', 'pkg.train', '--lr', '1']);
    const deepspeed = [PYTHON, '-m', 'deepspeed.launcher.runner'];
    assert.deepEqual(command(module, 'deepspeed'), [...deepspeed, '--module', 'pkg.train', '--lr', '1']);
    assert.deepEqual(command(script, 'python -O'), [PYTHON, '-O', 'train.py', '--lr', '1']);
    assert.deepEqual(command(script, 'python3 -m cProfile'), [
      PYTHON,
      '-m',
      'cProfile',
      'train.py',
      '--lr',
      '1',
    ]);
  });

  it('gives any other launcher the command of the interpreter', () => {
    const mpi = [path.join(bin, 'mpirun'), '-np', '2', PYTHON];
    assert.deepEqual(command(script, 'mpirun -np 2'), [...mpi, 'train.py', '--lr', '1']);
    assert.deepEqual(command(module, 'mpirun -np 2'), [...mpi, '-m', 'pkg.train', '--lr', '1']);
    assert.deepEqual(command(code, 'mpirun -np 2'), [...mpi, '-c', 'print(1)', '--lr', '1']);
    assert.equal(command(script, '/opt/my/launch "two words"')[1], 'two words');
  });

  it('takes a launcher beside the interpreter before one on the PATH', () => {
    const beside = path.join(bin, 'python');
    const elsewhere = { env: { PATH: '/usr/bin' }, platform: 'linux' as const };
    const job = invocationOf(beside, script, [], launcherOf('mpirun', beside, elsewhere));
    assert.deepEqual(resolve(job, elsewhere), [path.join(bin, 'mpirun'), beside, 'train.py']);
  });

  it('says what a launcher cannot do', () => {
    assert.throws(() => command(code, 'torchrun'), {
      message: 'torchrun can run a script or a module, but not -c.',
    });
    assert.throws(() => command(script, 'horovodrun -np 2'), {
      code: 'NO_INTERPRETER',
      message: /horovodrun/,
    });
    assert.throws(() => command(script, '"open'), { code: 'BAD_REQUEST' });
    assert.throws(() => command(script, '  '), { code: 'BAD_REQUEST' });
    assert.deepEqual(['torchrun -x', 'python3', 'mpirun', 'constructor'].map(isOfPython), [
      true,
      true,
      false,
      false,
    ]);
  });

  it('knows the name of a module from that of a file', () => {
    for (const name of ['pkg', 'pkg.train', '_a.b2', 'größe.lern'])
      assert.equal(problemOfModule(name), undefined);
    for (const name of ['', 'a..b', '.a', 'a/b', 'train.py', '-x', 'a b', '1a'])
      assert.ok(problemOfModule(name), name);
  });
});

describe('a module', () => {
  let root: string;
  beforeEach(() => (root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-module-')))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  function file(name: string, text = ''): string {
    const full = path.join(root, name);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, text);
    return full;
  }
  const of = (script: string) => {
    const found = moduleOf(script, root);
    return found && [found.name, path.relative(root, found.root)];
  };

  it('is a script in a package, named from the folder above the package', () => {
    file('pkg/__init__.py');
    file('pkg/sub/__init__.py');
    assert.deepEqual(of(file('pkg/train.py')), ['pkg.train', '']);
    assert.deepEqual(of(file('pkg/sub/fit.py')), ['pkg.sub.fit', '']);
    assert.deepEqual(of(file('pkg/__main__.py')), ['pkg', '']);
    file('src/lib/__init__.py');
    assert.deepEqual(of(file('src/lib/train.py')), ['lib.train', 'src']);
    file('deep/down/own/__init__.py');
    assert.deepEqual(of(file('deep/down/own/train.py')), ['own.train', path.join('deep', 'down')]);
  });

  it('is a script with relative imports, in a package without __init__.py', () => {
    assert.deepEqual(of(file('a/b/train.py', 'import os\nfrom .data import load\n')), ['a.b.train', '']);
    assert.deepEqual(of(file('src/a/train.py', 'from .. import x\n')), ['a.train', 'src']);
  });

  it('is no script beside packages, outside of the folder, or of another language', () => {
    file('__init__.py');
    assert.equal(of(file('train.py')), undefined);
    assert.equal(of(file('scripts/train.py', 'from pkg import x\n')), undefined);
    file('pkg/__init__.py');
    assert.equal(of(file('pkg/run.sh')), undefined);
    assert.equal(moduleOf(file('pkg/train.py'), path.join(root, 'other')), undefined);
  });

  it('is found by its name, in the folder or in src, as a file or a package', () => {
    const find = (name: string) => findModule(name, [root]);
    assert.equal(find('pkg.train'), undefined);
    const inSources = file('src/pkg/train.py');
    assert.deepEqual(find('pkg.train'), { name: 'pkg.train', file: inSources, root: path.join(root, 'src') });
    const here = file('pkg/train.py');
    assert.deepEqual(find('pkg.train'), { name: 'pkg.train', file: here, root });
    const main = file('pkg/__main__.py');
    assert.equal(find('pkg')?.file, main);
  });

  it('runs in the working folder, with the folder of its package on Python’s path', () => {
    const train = file('src/pkg/train.py');
    const job = {
      module: 'pkg.train',
      found: findModule('pkg.train', [root]),
      codeFolder: root,
      workingFolder: root,
      interpreter: PYTHON,
    };
    const spec = buildModuleJob({ ...job, pythonPath: '/more' });
    assert.deepEqual(spec.command, ['python', '-m', 'pkg.train']);
    assert.deepEqual(spec.environment, { kind: 'interpreter', path: PYTHON });
    assert.equal(spec.script, 'src/pkg/train.py');
    assert.equal(spec.workingFolder, '');
    assert.deepEqual(spec.environmentVariables, { PYTHONPATH: ['src', '/more'].join(path.delimiter) });
    const own = buildModuleJob({ ...job, environmentVariables: { PYTHONPATH: 'x' }, pythonPath: '/more' });
    assert.deepEqual(own.environmentVariables, { PYTHONPATH: ['src', 'x'].join(path.delimiter) });
    const beside = buildModuleJob({
      ...job,
      found: { name: 'pkg.train', file: train, root },
      pythonPath: '/more',
    });
    assert.deepEqual(beside.environmentVariables, {});
    const installed = buildModuleJob({ ...job, found: undefined });
    assert.equal(installed.script, undefined);
    assert.equal(titleOf(installed), 'python -m pkg.train');
  });
});
