import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeFolderOf } from '../../../src/job/code-folder.js';

describe('codeFolderOf', () => {
  let base: string;
  const at = (name: string): string => path.join(base, name);
  const make = (...files: string[]): void => {
    for (const file of files) {
      fs.mkdirSync(path.dirname(at(file)), { recursive: true });
      fs.writeFileSync(at(file), '');
    }
  };
  beforeEach(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-code-')));
    make(
      'projects/a/.git/HEAD',
      'projects/a/pkg/run.py',
      'projects/a/t.sh',
      'projects/b/.git/HEAD',
      'projects/c/x.py',
    );
  });
  afterEach(() => fs.rmSync(base, { recursive: true }));

  it('is the script’s repository when a folder of several is open, or none', () => {
    assert.equal(codeFolderOf(at('projects/a/t.sh'), at('projects')), at('projects/a'));
    assert.equal(codeFolderOf(at('projects/a/pkg/run.py'), at('projects')), at('projects/a'));
    assert.equal(codeFolderOf(at('projects/a/pkg/run.py'), undefined), at('projects/a'));
  });

  it('is the opened folder in that repository, or where there is none; else the script’s own', () => {
    assert.equal(codeFolderOf(at('projects/a/pkg/run.py'), at('projects/a/pkg')), at('projects/a/pkg'));
    assert.equal(codeFolderOf(at('projects/c/x.py'), at('projects')), at('projects'));
    assert.equal(codeFolderOf(at('projects/c/x.py'), undefined), at('projects/c'));
  });

  it('is the opened repository for a script in a submodule of it, and not for one in a clone', () => {
    make('projects/a/sub/.git', 'projects/a/sub/s.py', 'projects/a/clone/.git/HEAD', 'projects/a/clone/c.py');
    assert.equal(codeFolderOf(at('projects/a/sub/s.py'), at('projects/a')), at('projects/a'));
    assert.equal(codeFolderOf(at('projects/a/clone/c.py'), at('projects/a')), at('projects/a/clone'));
    assert.equal(codeFolderOf(at('projects/a/sub/s.py'), at('projects')), at('projects/a/sub'));
  });

  it('passes by a folder .git that is no repository', () => {
    fs.mkdirSync(at('projects/a/pkg/.git'));
    assert.equal(codeFolderOf(at('projects/a/pkg/run.py'), undefined), at('projects/a'));
  });
});
