import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findInterpreter } from '../../../src/job/interpreter.js';

describe('findInterpreter', () => {
  let root: string;
  let script: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-interpreter-'));
    script = file('project/src/train.py');
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  function file(name: string): string {
    const full = path.join(root, name);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, '');
    return full;
  }
  const find = (env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux', of = script) =>
    findInterpreter({ script: of, codeFolder: path.join(root, 'project'), env, platform });

  it('takes the environment nearest to the script, then the active one, then PATH', () => {
    const onPath = file('bin/python3');
    const active = file('active/bin/python');
    const conda = file('conda/bin/python');
    const PATH = path.dirname(onPath);
    const VIRTUAL_ENV = path.join(root, 'active');
    const CONDA_PREFIX = path.join(root, 'conda');
    assert.deepEqual(find({ PATH }), { path: onPath, source: 'PATH' });
    assert.deepEqual(find({ PATH, CONDA_PREFIX }), { path: conda, source: 'conda' });
    assert.equal(find({ PATH, CONDA_PREFIX, VIRTUAL_ENV }).path, active);
    const above = file('project/venv/bin/python');
    assert.deepEqual(find({ PATH, VIRTUAL_ENV }), { path: above, source: 'venv' });
    const beside = file('project/src/.venv/bin/python');
    assert.deepEqual(find({ PATH, VIRTUAL_ENV }), { path: beside, source: '.venv' });
  });

  it('does not look above the code folder', () => {
    file('.venv/bin/python');
    assert.throws(() => find(), { code: 'NO_INTERPRETER' });
  });

  it('knows where Windows has it', () => {
    const conda = file('conda/python.exe');
    assert.equal(find({ CONDA_PREFIX: path.join(root, 'conda') }, 'win32').path, conda);
    const venv = file('project/.venv/Scripts/python.exe');
    assert.equal(find({}, 'win32').path, venv);
  });

  it('runs shell scripts with bash, else sh, and refuses kinds it does not know', () => {
    const sh = file('bin/sh');
    const env = { PATH: path.dirname(sh) };
    const job = file('project/job.sh');
    assert.equal(find(env, 'linux', job).path, sh);
    const bash = file('bin/bash');
    assert.equal(find(env, 'linux', job).path, bash);
    assert.throws(() => find(env, 'linux', file('project/notes.md')), { code: 'NO_INTERPRETER' });
  });
});
