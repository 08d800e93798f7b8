import assert from 'node:assert/strict';
import { parse } from 'smol-toml';
import { TrainyardError } from '../../../../src/base/errors.js';
import { indexesOfLock, requirementsOfLock } from '../../../../src/job/environment/uv-lock.js';

/** Every package of these comes from PyPI, unless it says otherwise. */
const PYPI = 'source = { registry = "https://pypi.org/simple" }';
const lock = (text: string) => parse(`version = 1\n${text}`) as Record<string, unknown>;

describe('a uv.lock as requirements', () => {
  const project = (dependencies: string, more = '') =>
    `[[package]]\nname = "demo"\nversion = "0"\nsource = { virtual = "." }\ndependencies = [${dependencies}]\n${more}\n`;
  const pinned = (name: string, version: string, more = '') =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\n${PYPI}\n${more}\n`;

  it('is what the project needs and its group dev, in exact versions, and nothing else of the lock', () => {
    const text = [
      project(
        '{ name = "a" }',
        '[package.optional-dependencies]\ngpu = [{ name = "c" }]\n[package.dev-dependencies]\ndev = [{ name = "d" }]\ndocs = [{ name = "c" }]',
      ),
      pinned('a', '1.0', 'dependencies = [{ name = "b" }]'),
      pinned('b', '2.0', 'dependencies = [{ name = "a" }]'),
      pinned('c', '3.0'),
      pinned('d', '4.0'),
    ];
    assert.equal(requirementsOfLock(lock(text.join(''))), 'a==1.0\nb==2.0\nd==4.0\n');
  });

  it('keeps markers along every way to a package', () => {
    const text = [
      project(`{ name = "a", marker = "sys_platform == 'win32' or os_name == 'nt'" }, { name = "b" }`),
      pinned(
        'a',
        '1',
        `dependencies = [{ name = "c", marker = "python_full_version < '3.11'" }, { name = "b" }]`,
      ),
      pinned('b', '2', `dependencies = [{ name = "d", marker = "python_full_version < '3.11'" }]`),
      pinned('c', '3', 'dependencies = [{ name = "d" }]'),
      pinned('d', '4'),
    ];
    assert.equal(
      requirementsOfLock(lock(text.join(''))),
      `a==1 ; (sys_platform == 'win32' or os_name == 'nt')\n` +
        `b==2\n` +
        `c==3 ; (sys_platform == 'win32' or os_name == 'nt') and python_full_version < '3.11'\n` +
        `d==4 ; python_full_version < '3.11'\n`,
    );
  });

  it('follows extras, versions for different Pythons, git, addresses and members of the workspace', () => {
    const text = [
      '[manifest]\nmembers = ["demo", "lib"]\n',
      project(
        `{ name = "a", extra = ["x"] }, { name = "n", version = "1", marker = "python_full_version < '3.11'" }, { name = "n", version = "2", marker = "python_full_version >= '3.11'" }, { name = "lib" }, { name = "g" }, { name = "u" }`,
      ),
      pinned('a', '1', '[package.optional-dependencies]\nx = [{ name = "c" }]'),
      pinned('c', '3'),
      '[[package]]\nname = "g"\nversion = "1"\nsource = { git = "https://example.org/g?subdirectory=py&rev=main#0123abc" }\n',
      '[[package]]\nname = "lib"\nversion = "1"\nsource = { editable = "libs/lib" }\ndependencies = [{ name = "z" }]\n',
      pinned('n', '1'),
      pinned('n', '2'),
      '[[package]]\nname = "u"\nversion = "1"\nsource = { url = "https://example.org/u-1.whl" }\n',
      pinned('z', '9'),
    ];
    assert.deepEqual(
      requirementsOfLock(lock(text.join('')))
        .trimEnd()
        .split('\n'),
      [
        'a==1',
        'c==3',
        'g @ git+https://example.org/g@0123abc#subdirectory=py',
        "n==1 ; python_full_version < '3.11'",
        "n==2 ; python_full_version >= '3.11'",
        'u @ https://example.org/u-1.whl',
        'z==9',
      ],
    );
  });

  it('names the indexes that packages come from', () => {
    const torch =
      '[[package]]\nname = "torch"\nversion = "2+cpu"\nsource = { registry = "https://download.pytorch.org/whl/cpu" }\n';
    assert.deepEqual(indexesOfLock(lock(pinned('a', '1') + torch)), [
      '--extra-index-url https://download.pytorch.org/whl/cpu',
    ]);
    assert.deepEqual(indexesOfLock(lock(torch)), ['--index-url https://download.pytorch.org/whl/cpu']);
    assert.deepEqual(indexesOfLock(lock(pinned('a', '1'))), []);
  });

  it('says what to install for a lock that only uv can read', () => {
    const needs = (text: string) =>
      assert.throws(
        () => requirementsOfLock(lock(text)),
        (error: TrainyardError) => /Install uv/.test(error.hint ?? ''),
      );
    needs(project(`{ name = "a", marker = "extra == 'extra-4-demo-cpu'" }`) + pinned('a', '1'));
    needs(project('{ name = "a" }'));
    needs(project('{ name = "a" }') + pinned('a', '1') + pinned('a', '2'));
    assert.throws(
      () => requirementsOfLock({ version: 2, package: [] }),
      (error) => TrainyardError.is(error, 'NOT_SUPPORTED'),
    );
  });
});
