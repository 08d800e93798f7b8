import assert from 'node:assert/strict';
import { parse } from 'smol-toml';
import { TrainyardError } from '../../../../src/base/errors.js';
import { requirementsOfProject } from '../../../../src/job/environment/pyproject.js';

const none = (name: string): string => assert.fail(`nobody asked for ${name}`);
const lines = (text: string, textOf = none) =>
  requirementsOfProject(parse(text) as Record<string, unknown>, textOf)
    .split('\n')
    .filter(Boolean);

describe('a pyproject.toml as requirements', () => {
  it('is its dependencies, with the indexes that uv, Poetry and PDM name', () => {
    const project = '[project]\nname = "x"\ndependencies = ["numpy>=1", "tqdm; sys_platform == \'linux\'"]\n';
    assert.deepEqual(lines(project), ['numpy>=1', "tqdm; sys_platform == 'linux'"]);
    assert.deepEqual(lines('[project]\nname = "x"\n'), []);
    assert.deepEqual(
      lines(
        `${project}[[tool.uv.index]]\nname = "t"\nurl = "https://t/simple"\nexplicit = true\n[[tool.uv.index]]\nurl = "https://own/simple"\ndefault = true\n`,
      ).slice(0, 2),
      ['--index-url https://own/simple', '--extra-index-url https://t/simple'],
    );
    assert.deepEqual(
      lines(`${project}[tool.uv]\nindex-url = "https://a"\nextra-index-url = ["https://b"]\n`).slice(0, 2),
      ['--index-url https://a', '--extra-index-url https://b'],
    );
    for (const table of ['poetry', 'pdm'])
      assert.equal(
        lines(`${project}[[tool.${table}.source]]\nname = "m"\nurl = "https://m"\n`)[0],
        '--extra-index-url https://m',
      );
  });

  it('takes packages from where uv does', () => {
    const project =
      '[project]\ndependencies = ["My_Lib[x]>=1; os_name == \'nt\'", "u", "n"]\n[tool.uv.sources]\n';
    assert.deepEqual(
      lines(
        `${project}my-lib = { git = "https://e.org/l", tag = "v1" }\nu = { url = "https://e.org/u.whl" }\nn = { index = "t" }\n`,
      ),
      ["My_Lib[x] @ git+https://e.org/l@v1 ; os_name == 'nt'", 'u @ https://e.org/u.whl', 'n'],
    );
    assert.deepEqual(lines(`${project}n = { path = "libs/n" }\nu = { workspace = true }\n`).slice(1), [
      './u',
      './libs/n',
    ]);
  });

  it('reads those that setuptools keeps in other files', () => {
    const text =
      '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["r.txt"] }\n';
    assert.deepEqual(
      lines(text, (name) => `from-${name}\n`),
      ['from-r.txt'],
    );
  });

  it('reads those of Poetry, as pip has them', () => {
    const conditions = {
      '"^1.2.3"': '>=1.2.3,<2',
      '"^0.2.3"': '>=0.2.3,<0.3',
      '"^0.0.3"': '>=0.0.3,<0.0.4',
      '"^0"': '>=0,<1',
      '"~1.2.3"': '>=1.2.3,<1.3',
      '"~1"': '>=1,<2',
      '"1.2.*"': '==1.2.*',
      '"1.2.3"': '==1.2.3',
      '">=1, <2"': '>=1,<2',
      '"~=1.4"': '~=1.4',
      '"*"': '',
      '{version = "^2", extras = ["a", "b"]}': '[a,b]>=2,<3',
      '{version = "*", python = "<3.11"}': " ; (python_version < '3.11')",
      '{version = "1", markers = "os_name == \'nt\'", platform = "win32"}':
        "==1 ; (os_name == 'nt') and (sys_platform == 'win32')",
      '{git = "https://e.org/x", rev = "abc"}': ' @ git+https://e.org/x@abc',
      '{url = "https://e.org/x.whl"}': ' @ https://e.org/x.whl',
    };
    for (const [written, expected] of Object.entries(conditions))
      assert.deepEqual(
        lines(`[tool.poetry.dependencies]\npython = "^3.10"\nx = ${written}\n`),
        [`x${expected}`],
        written,
      );
    assert.deepEqual(lines('[tool.poetry.dependencies]\nx = {version = "1", optional = true}\n'), []);
  });

  it('is refused when it does not say, or pip cannot be told', () => {
    for (const text of [
      '[tool.ruff]\nline-length = 100\n',
      '[project]\ndynamic = ["dependencies"]\n',
      '[tool.poetry.dependencies]\nx = "^1 || ^2"\n',
      '[tool.poetry.dependencies]\nx = "^next"\n',
    ])
      assert.throws(
        () => lines(text),
        (error) => TrainyardError.is(error, 'BAD_REQUEST'),
        text,
      );
  });
});
