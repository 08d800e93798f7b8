import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolve } from '../../../src/targets/process/resolve.js';

describe('what the process of a job runs', () => {
  let root: string;
  let python: string;
  before(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-resolve-')));
    for (const name of [
      'venv/python3.11',
      'venv/tool',
      'bin/make',
      'bin/python',
      'bin/mpirun',
      'bin/Rscript',
    ]) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), '', { mode: 0o755 });
    }
    python = path.join(root, 'venv', 'python3.11');
  });
  after(() => fs.rmSync(root, { recursive: true }));

  const of = (command: string[], interpreter?: string, launcher?: string[]) =>
    resolve(
      {
        command,
        launcher,
        ...(interpreter !== undefined && { environment: { kind: 'interpreter', path: interpreter } }),
      },
      { env: { PATH: path.join(root, 'bin') } },
    );
  const onPath = (name: string) => path.join(root, 'bin', name);

  it('is the interpreter of the environment where the command names it', () => {
    for (const name of ['python3.11', 'python3', 'python'])
      assert.deepEqual(of([name, 'train.py', 'python'], python), [python, 'train.py', 'python']);
    assert.deepEqual(of(['Rscript', 'fit.R'], 'Rscript'), [onPath('Rscript'), 'fit.R']);
  });

  it('is another program where the command names that, even another Python', () => {
    assert.deepEqual(of(['make', 'python'], python), [onPath('make'), 'python']);
    assert.deepEqual(of(['python3.9', 'x.py'], python), ['python3.9', 'x.py']);
    assert.deepEqual(of(['./go.sh'], python), ['./go.sh']);
    assert.deepEqual(of(['/opt/go', 'x'], python), ['/opt/go', 'x']);
  });

  it('is a program beside the interpreter before one on the PATH', () => {
    assert.deepEqual(of(['tool'], python), [path.join(root, 'venv', 'tool')]);
    assert.deepEqual(of(['tool']), ['tool']);
  });

  it('begins with the launcher, whose own words are left alone', () => {
    assert.deepEqual(of(['python', 'x.py'], python, ['mpirun', '-x', 'python']), [
      ...[onPath('mpirun'), '-x', 'python'],
      ...[python, 'x.py'],
    ]);
  });

  it('needs no environment, and leaves to the system what is nowhere', () => {
    assert.deepEqual(of(['python', 'x.py']), [onPath('python'), 'x.py']);
    assert.deepEqual(of(['no-such-program']), ['no-such-program']);
  });

  it('says which interpreter is missing, and what to do', () => {
    const dangling = path.join(root, 'venv', 'dangling');
    fs.symlinkSync(path.join(root, 'gone'), dangling);
    for (const gone of [path.join(root, 'gone', 'python'), 'no-such-python', dangling])
      assert.throws(() => of(['python', 'x.py'], gone), {
        code: 'NO_INTERPRETER',
        message: `${gone} was not found.`,
        hint: /submit with another interpreter/,
      });
  });
});
