import assert from 'node:assert/strict';
import { isLibrary, ownPath, pathInCode, runOfPath } from '../../../src/job/code-path.js';

const home = '/home/me/.trainyard';
const origin = { runId: 'a1', root: '/home/me/proj', cwd: 'exp', userHome: '/home/me' };

describe('the file that a job means', () => {
  const files: [named: string, path: string | undefined][] = [
    ['/home/me/proj/train.py', 'train.py'],
    ['/home/me/proj/./lib/../train.py', 'train.py'],
    [`${home}/jobs/a1/code/lib/data.py`, 'lib/data.py'],
    [`${home}/checkouts/9f/0/tree/home/me/proj/lib/data.py`, 'lib/data.py'],
    ['lib/data.py', 'exp/lib/data.py'],
    ['../train.py', 'train.py'],
    ['~/proj/train.py', 'train.py'],
    ['file:///home/me/proj/my%20code/train.mjs', 'my code/train.mjs'],
    // Others.
    ['/home/me/proj2/train.py', undefined],
    ['/home/me/proj', undefined],
    ['/usr/lib/python3.12/json/decoder.py', undefined],
    [`${home}/jobs/b2/code/train.py`, undefined],
    [`${home}/jobs/a1/code/../../../secret`, undefined],
    [`${home}/checkouts/9f/0/tree/etc/passwd`, undefined],
    ['/home/me/proj/../secret', undefined],
    ['../../secret', undefined],
    ['file:///100%/x', undefined],
    ['<string>', undefined],
    ['<frozen importlib._bootstrap>', undefined],
    ['node:internal/modules', undefined],
    ['', undefined],
  ];
  for (const [named, path] of files)
    it(`is ${path} for ${named || 'nothing'}`, () => assert.equal(pathInCode(named, origin), path));

  it('is found on Windows, whatever the slashes and the case of the drive', () => {
    const there = { runId: 'a1', root: 'C:\\Users\\Me\\proj' };
    for (const named of [
      'c:\\users\\me\\proj\\lib\\data.py',
      'C:/Users/Me/proj/lib/data.py',
      'C:\\Users\\Me\\.trainyard\\jobs\\a1\\code\\lib\\data.py',
      'C:\\Users\\Me\\.trainyard\\checkouts\\9f\\0\\tree\\C\\Users\\Me\\proj\\lib\\data.py',
      'file:///C:/Users/Me/proj/lib/data.py',
    ])
      assert.equal(pathInCode(named, there), 'lib/data.py', named);
    assert.equal(pathInCode('C:\\Users\\Me\\other.py', there), undefined);
  });

  it('is found below /private, too, as macOS has it', () => {
    assert.equal(pathInCode('/tmp/proj/a.py', { runId: 'a1', root: '/private/tmp/proj' }), 'a.py');
    assert.equal(pathInCode('/private/var/x/a.py', { runId: 'a1', root: '/var/x' }), 'a.py');
  });

  it('may have a backslash in its name elsewhere', () => {
    assert.equal(pathInCode('/home/me/proj/a\\b.py', origin), 'a\\b.py');
  });

  it('names the run when it lies in the copy of one', () => {
    assert.equal(runOfPath(`${home}/jobs/a1/code/train.py`), 'a1');
    assert.equal(runOfPath('C:\\t\\jobs\\a1\\code\\train.py'), 'a1');
    assert.equal(runOfPath('/home/me/proj/train.py'), undefined);
    assert.equal(ownPath(`${home}/checkouts/9f/0/tree/home/me/proj/a.py`), '/home/me/proj/a.py');
  });

  it('is of others in an environment', () => {
    for (const path of [
      '.venv/lib/python3.12/json/x.py',
      'env/Lib/site-packages/x.py',
      'node_modules/x/y.js',
    ])
      assert.ok(isLibrary(path), path);
    for (const path of ['lib/data.py', 'src/venv.py', 'site-packages.py']) assert.ok(!isLibrary(path), path);
  });
});
