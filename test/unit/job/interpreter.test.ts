import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Disk, disk } from '../../../src/job/disk.js';
import { findInterpreter, interpreterAt, listInterpreters } from '../../../src/job/interpreter.js';

/** A folder of its own, with what a test puts into it; `root` is a home of a user, too. */
class Machine {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-interpreter-')));
  readonly project = path.join(this.root, 'project');
  readonly script = this.file('project/src/train.py');

  at(name: string): string {
    return path.join(this.root, ...name.split('/'));
  }

  file(name: string, text = '', mode = 0o644): string {
    const full = this.at(name);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, text, { mode });
    return full;
  }

  program(name: string): string {
    return this.file(name, '', 0o755);
  }

  /** A virtual environment with a Python. */
  venv(name: string): string {
    this.file(`${name}/pyvenv.cfg`);
    return this.program(`${name}/bin/python`);
  }

  conda(name: string): string {
    this.file(`${name}/conda-meta/history`);
    return this.program(`${name}/bin/python`);
  }

  link(name: string, target: string): string {
    const full = this.at(name);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.symlinkSync(target, full);
    return full;
  }

  hash(name: string): string {
    return createHash('sha256').update(this.at(name)).digest('base64url').slice(0, 8);
  }

  query(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') {
    const all = { HOME: this.root, USERPROFILE: this.root, ...env };
    return { script: this.script, codeFolder: this.project, env: all, platform, disk };
  }

  find(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') {
    return findInterpreter(this.query(env, platform));
  }

  /** The program that runs another script of the project. */
  findFor(script: string, env: Record<string, string>) {
    return findInterpreter({ ...this.query(env), script });
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

describe('findInterpreter', () => {
  let m: Machine;
  beforeEach(() => (m = new Machine()));
  afterEach(() => m.remove());

  /** The error that it ends with, message and hint. */
  function said(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux'): string {
    let text = '';
    assert.throws(
      () => m.find(env, platform),
      (error: { code: string; message: string; hint: string }) => {
        assert.equal(error.code, 'NO_INTERPRETER');
        text = `${error.message} ${error.hint}`;
        return true;
      },
    );
    return text;
  }

  it('takes the environment nearest to the script, then the active one, then PATH', () => {
    const onPath = m.program('bin/python3');
    const active = m.venv('active');
    const conda = m.conda('conda');
    const PATH = m.at('bin');
    const VIRTUAL_ENV = m.at('active');
    const CONDA_PREFIX = m.at('conda');
    assert.deepEqual(m.find({ PATH }), { path: onPath, source: 'PATH' });
    assert.deepEqual(m.find({ PATH, CONDA_PREFIX }), { path: conda, source: 'conda' });
    assert.equal(m.find({ PATH, CONDA_PREFIX, VIRTUAL_ENV }).path, active);
    const above = m.venv('project/venv');
    assert.deepEqual(m.find({ PATH, VIRTUAL_ENV }), { path: above, source: 'venv' });
    const beside = m.venv('project/src/.venv');
    assert.deepEqual(m.find({ PATH, VIRTUAL_ENV }), { path: beside, source: '.venv' });
  });

  it('does not look above the code folder', () => {
    m.venv('.venv');
    assert.match(said(), /^No Python was found\./);
  });

  it('knows where Windows has it', () => {
    const conda = m.file('conda/python.exe');
    assert.equal(m.find({ CONDA_PREFIX: m.at('conda') }, 'win32').path, conda);
    const venv = m.file('project/.venv/Scripts/python.exe');
    assert.equal(m.find({}, 'win32').path, venv);
  });

  it('runs shell scripts with bash, else sh, and refuses kinds it does not know', () => {
    const sh = m.program('bin/sh');
    const env = { PATH: m.at('bin') };
    const job = m.file('project/job.sh');
    assert.equal(m.findFor(job, env).path, sh);
    const bash = m.program('bin/bash');
    assert.equal(m.findFor(job, env).path, bash);
    assert.throws(() => m.findFor(m.file('project/notes.md'), env), { code: 'NO_INTERPRETER' });
  });

  describe('on a PATH with odd entries', () => {
    it('passes over what is no folder, no file, no program, a circle, or too long', () => {
      const good = m.program('good/python3');
      m.file('plain/python3');
      fs.mkdirSync(m.at('folder/python3'), { recursive: true });
      m.link('circle/python3', 'python3');
      m.link('circle/self', 'self');
      m.link('lost/python3', '/nowhere/python3');
      const odd = [
        m.file('a-file'),
        m.at('plain'),
        m.at('folder'),
        m.at('circle'),
        m.at('circle/self'),
        m.at('lost'),
        m.at('x'.repeat(5000)),
        m.at('nu\0l'),
        '',
        '.',
        'relative',
        '~/bin',
      ];
      assert.deepEqual(m.find({ PATH: [...odd, m.at('good')].join(':') }), { path: good, source: 'PATH' });
      assert.match(said({ PATH: odd.join(':') }), /^No Python was found\./);
    });

    it('passes over a folder that may not be entered', () => {
      // Only root can become somebody else; for others the folder is closed anyway.
      const isRoot = process.geteuid?.() === 0;
      const good = m.program('good/python3');
      m.program('closed/python3');
      fs.chmodSync(m.at('closed'), 0o000);
      fs.chmodSync(m.root, 0o755);
      if (isRoot) process.seteuid?.(65_534);
      try {
        assert.throws(() => fs.statSync(m.at('closed/python3')), { code: 'EACCES' });
        assert.equal(m.find({ PATH: `${m.at('closed')}:${m.at('good')}` }).path, good);
      } finally {
        if (isRoot) process.seteuid?.(0);
        fs.chmodSync(m.at('closed'), 0o755);
      }
    });

    it('tells the aliases of the Windows Store that open it from those that lead to Python', () => {
      const apps = m.at('AppData/Local/Microsoft/WindowsApps');
      const alias = m.file('AppData/Local/Microsoft/WindowsApps/python.exe');
      const targets = new Map([
        [alias, 'C:\\Program Files\\WindowsApps\\App\\AppInstallerPythonRedirector.exe'],
      ]);
      // As Windows has it: the alias cannot be followed, only read as a link.
      const windows: Disk = {
        ...disk,
        kind: (name) => (targets.has(name) ? undefined : disk.kind(name)),
        link: (name) => targets.get(name) ?? disk.link(name),
      };
      const find = () =>
        findInterpreter({ ...m.query({ Path: `"${apps}";${m.at('real')}` }, 'win32'), disk: windows });
      assert.throws(find, { code: 'NO_INTERPRETER' });
      const real = m.file('real/python.exe');
      assert.equal(find().path, real);
      targets.set(
        alias,
        'C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12\\python3.12.exe',
      );
      assert.equal(find().path, alias);
    });
  });

  describe('an environment that is broken', () => {
    it('is said, with the place where its Python leads, and no other is taken instead', () => {
      const PATH = path.dirname(m.program('bin/python3'));
      m.file('project/.venv/pyvenv.cfg');
      m.link('project/.venv/bin/python', 'python3');
      m.link('project/.venv/bin/python3', '/opt/gone/bin/python3.9');
      assert.equal(
        said({ PATH }),
        'The environment .venv is broken: its bin/python leads to /opt/gone/bin/python3.9, which does not exist. ' +
          'Recreate it with “python3 -m venv --clear .venv”, or choose another interpreter.',
      );
      m.file('project/uv.lock');
      assert.match(said({ PATH }), /“uv sync”/);
    });

    it('is said in every way that it can be', () => {
      const link = m.link('project/.venv', m.at('gone'));
      assert.match(said(), /\.venv is broken: it leads to \S+gone, which does not exist\./);
      fs.rmSync(link);
      m.file('project/.venv/pyvenv.cfg');
      assert.match(said(), /it has no Python\./);
      m.file('project/.venv/Scripts/python.exe');
      assert.match(said(), /it was created on another system\./);
      const loop = m.link('project/.venv/bin/python', 'python');
      assert.match(said(), /its bin\/python is a link that leads back to itself\./);
      fs.rmSync(loop);
      m.file('project/.venv/bin/python');
      assert.match(said(), /its bin\/python is not executable\./);
    });

    it('is one whose Python was copied, and needs another that is gone', () => {
      m.file('project/.venv/pyvenv.cfg', 'home = C:\\Python39\nversion = 3.9.1\n');
      m.file('project/.venv/Scripts/python.exe');
      assert.match(
        said({}, 'win32'),
        /it was created with the Python in C:\\Python39, which does not exist\./,
      );
    });

    it('gives way to another one in the same folder', () => {
      m.link('project/.venv', m.at('gone'));
      const other = m.venv('project/env');
      assert.deepEqual(m.find(), { path: other, source: 'env' });
    });

    it('is a note when it was only active', () => {
      const python = m.program('bin/python3');
      const VIRTUAL_ENV = m.at('gone');
      assert.deepEqual(m.find({ PATH: m.at('bin'), VIRTUAL_ENV }), {
        path: python,
        source: 'PATH',
        note: `The active environment ${VIRTUAL_ENV} does not exist.`,
      });
    });
  });

  describe('an environment in the folder', () => {
    for (const name of ['env', '.env', 'venv', 'torch-2.4', '.my env'])
      it(`is found under the name “${name}”`, () => {
        const python = m.venv(`project/${name}`);
        assert.deepEqual(m.find(), { path: python, source: name });
      });

    it('is no file .env, and no empty folder .venv', () => {
      m.file('project/.env', 'A=1\n');
      fs.mkdirSync(m.at('project/.venv'));
      const python = m.program('bin/python3');
      assert.deepEqual(m.find({ PATH: m.at('bin') }), { path: python, source: 'PATH' });
    });

    it('of several is the active one, else that with the usual name', () => {
      const usual = m.venv('project/.venv');
      const active = m.venv('project/venv311');
      assert.equal(m.find().path, usual);
      assert.equal(m.find({ VIRTUAL_ENV: m.at('project/venv311') }).path, active);
    });

    it('may be named by a file .venv, by its path or by its name', () => {
      m.file('project/.venv', '../elsewhere/one\n');
      assert.match(
        said(),
        /The file \.venv names the environment \.\.\/elsewhere\/one, which does not exist\./,
      );
      const one = m.venv('elsewhere/one');
      assert.deepEqual(m.find(), { path: one, source: '.venv' });
      m.file('project/.venv', 'two');
      const two = m.venv('.virtualenvs/two');
      assert.equal(m.find().path, two);
    });

    it('may be one of conda, of pixi, or the one that uv is told to use', () => {
      const held = m.conda('project/envs/one');
      assert.deepEqual(m.find(), { path: held, source: 'envs/one' });
      const pixi = m.conda('project/.pixi/envs/default');
      assert.deepEqual(m.find(), { path: pixi, source: '.pixi/envs/default' });
      const conda = m.conda('project/.conda');
      assert.deepEqual(m.find(), { path: conda, source: '.conda' });
      m.file('project/pyproject.toml');
      const uv = m.venv('project/build/uv');
      const UV_PROJECT_ENVIRONMENT = 'build/uv';
      assert.deepEqual(m.find({ UV_PROJECT_ENVIRONMENT }), { path: uv, source: 'UV_PROJECT_ENVIRONMENT' });
    });
  });

  describe('an environment that a tool keeps elsewhere', () => {
    it('is found for poetry, by the hash of the folder and by the version in use', () => {
      const PATH = path.dirname(m.program('bin/python3'));
      m.file(
        'project/pyproject.toml',
        '[project]\nname = "My.Project"\n[tool.poetry]\npackage-mode = false\n',
      );
      assert.equal(m.find({ PATH }).note, 'There is no poetry environment for pyproject.toml.');
      const base = `my-project-${m.hash('project')}`;
      const cache = '.cache/pypoetry/virtualenvs';
      const older = m.venv(`${cache}/${base}-py3.9`);
      const newer = m.venv(`${cache}/${base}-py3.12`);
      m.venv(`${cache}/my-project-ABCDEFGH-py3.13`);
      assert.deepEqual(m.find({ PATH }), { path: newer, source: 'poetry' });
      m.file(`${cache}/envs.toml`, `[${base}]\nminor = "3.9"\npatch = "3.9.1"\n`);
      assert.equal(m.find({ PATH }).path, older);
      m.file('project/poetry.toml', '[virtualenvs]\npath = "{project-dir}/../set"\n');
      const set = m.venv(`set/${base}-py3.11`);
      assert.equal(m.find({ PATH }).path, set);
      const told = m.venv(`told/${base}-py3.11`);
      assert.equal(m.find({ PATH, POETRY_VIRTUALENVS_PATH: m.at('told') }).path, told);
    });

    it('is found for pipenv, by the hash of its Pipfile or its own name', () => {
      m.file('project/Pipfile');
      const usual = m.venv(`.local/share/virtualenvs/project-${m.hash('project/Pipfile')}`);
      assert.deepEqual(m.find(), { path: usual, source: 'pipenv' });
      const home = m.venv(`work/project-${m.hash('project/Pipfile')}-3.11`);
      assert.equal(m.find({ WORKON_HOME: m.at('work') }).path, home);
      const named = m.venv('work/mine');
      assert.equal(m.find({ WORKON_HOME: m.at('work'), PIPENV_CUSTOM_VENV_NAME: 'mine' }).path, named);
    });

    it('is found for hatch and pdm', () => {
      m.file('project/pyproject.toml', '[tool.hatch.envs.default]\n');
      const folder = `.local/share/hatch/env/virtual/my-proj/${m.hash('project')}`;
      m.venv(`${folder}/docs`);
      const hatch = m.venv(`${folder}/my-proj`);
      assert.deepEqual(m.find(), { path: hatch, source: 'hatch' });
      const pdm = m.venv('pdm/one');
      m.file('project/.pdm-python', pdm);
      assert.deepEqual(m.find(), { path: pdm, source: 'pdm' });
    });

    it('is found for conda, mamba and micromamba, by the name in environment.yml', () => {
      const PATH = path.dirname(m.program('bin/python3'));
      m.file('project/environment.yml', 'channels: [conda-forge]\nname: "deep"  # ours\n');
      assert.equal(m.find({ PATH }).note, 'There is no conda environment for environment.yml.');
      const listed = m.conda('lab/deep');
      m.file('.conda/environments.txt', `${m.at('lab/other')}\n${m.at('lab/deep')}\n`);
      assert.deepEqual(m.find({ PATH }), { path: listed, source: 'conda deep' });
      const mamba = m.conda('mamba/envs/deep');
      assert.equal(m.find({ PATH, MAMBA_ROOT_PREFIX: m.at('mamba') }).path, mamba);
      const exe = m.conda('opt/envs/deep');
      assert.equal(m.find({ PATH, CONDA_EXE: m.at('opt/bin/conda') }).path, exe);
      const prefix = m.conda('at/prefix');
      m.file('project/environment.yml', `name: deep\nprefix: ${m.at('at/prefix')}\n`);
      assert.equal(m.find({ PATH }).path, prefix);
    });
  });

  describe('with pyenv', () => {
    let PATH: string;
    beforeEach(() => {
      m.program('.pyenv/shims/python3');
      PATH = m.at('.pyenv/shims');
      m.venv('.pyenv/versions/3.9.18');
      m.file('.pyenv/version', '3.9.18\n');
    });
    const of = (version: string) => ({
      path: m.at(`.pyenv/versions/${version}/bin/python`),
      source: `pyenv ${version}`,
    });

    it('takes what a shim stands for: the variable, the file, the global version', () => {
      m.venv('.pyenv/versions/3.11.2');
      m.venv('.pyenv/versions/3.11.10');
      m.venv('.pyenv/versions/lab');
      assert.deepEqual(m.find({ PATH }), of('3.9.18'));
      // Above the code folder too, as pyenv looks.
      m.file('.python-version', '# ours\n3.11\n');
      assert.deepEqual(m.find({ PATH }), of('3.11.10'));
      m.file('project/.python-version', 'lab');
      assert.deepEqual(m.find({ PATH }), of('lab'));
      assert.deepEqual(m.find({ PATH, PYENV_VERSION: '3.11.2:3.9.18' }), of('3.11.2'));
    });

    it('says that the version is not installed, and does not start another', () => {
      m.file('project/.python-version', '3.99.1\n');
      const text = said({ PATH: `${PATH}:${path.dirname(m.program('bin/python3'))}` });
      assert.match(
        text,
        /project\/\.python-version asks for Python 3\.99\.1, which pyenv has not installed\./,
      );
      assert.match(text, /“pyenv install 3\.99\.1”/);
    });

    it('goes on along the PATH when the system’s is asked for', () => {
      const python = m.program('bin/python3');
      m.file('project/.python-version', 'system\n');
      assert.equal(m.find({ PATH: `${PATH}:${m.at('bin')}` }).path, python);
    });

    it('finds the version of the project without a shim on PATH, that of uv too', () => {
      const python = m.program('bin/python3');
      m.file('project/.python-version', '3.12\n');
      const { path: found, note } = m.find({ PATH: m.at('bin') });
      assert.equal(found, python);
      assert.match(note ?? '', /asks for Python 3\.12, which is not installed\.$/);
      const uv = m.program('.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python');
      assert.deepEqual(m.find({ PATH: m.at('bin') }), { path: uv, source: 'uv 3.12.4' });
      m.venv('.pyenv/versions/3.12.1');
      assert.deepEqual(m.find({ PATH: m.at('bin') }), of('3.12.1'));
    });
  });

  describe('listInterpreters', () => {
    it('names each that can be found once, in the order in which they win', () => {
      const venv = m.venv('project/.venv');
      const python = m.program('bin/python3.12');
      m.link('bin/python3', 'python3.12');
      m.link('bin/python', 'python3');
      const pyenv = m.venv('.pyenv/versions/3.9.18');
      const conda = m.conda('miniforge3');
      m.link('project/env', m.at('gone'));
      const all = listInterpreters(m.query({ PATH: m.at('bin') }));
      assert.deepEqual(all, [
        { path: venv, source: '.venv' },
        { path: m.at('bin/python3'), source: 'PATH' },
        { path: pyenv, source: 'pyenv 3.9.18' },
        { path: conda, source: 'conda base' },
      ]);
      assert.equal(fs.realpathSync(m.at('bin/python3')), python);
    });
  });

  describe('interpreterAt', () => {
    const at = (written: string, env: Record<string, string> = {}) =>
      interpreterAt(written, m.project, 'named', { env: { HOME: m.root, ...env }, platform: 'linux' });

    it('reads a path, one from the home, a name on PATH, and the folder of an environment', () => {
      const python = m.venv('project/.venv');
      const named = { path: python, source: 'named' };
      assert.deepEqual(at('.venv'), named);
      assert.deepEqual(at('./.venv/bin/python'), named);
      assert.deepEqual(at('~/project/.venv'), named);
      assert.deepEqual(at('python', { PATH: m.at('project/.venv/bin') }), named);
    });

    it('says what is wrong with it', () => {
      m.file('project/python');
      m.link('project/lost', '/nowhere');
      fs.mkdirSync(m.at('project/folder'));
      const refused = (written: string, message: RegExp) =>
        assert.throws(() => at(written), { code: 'NO_INTERPRETER', message });
      refused('./none', /The program \S+project\/none does not exist\./);
      refused('none', /none is not on the PATH\./);
      refused('./python', /project\/python is not executable\./);
      refused('./folder', /project\/folder is not a Python environment\./);
      refused('./lost', /\.\/lost is broken: it leads to \/nowhere, which does not exist\./);
    });
  });
});
