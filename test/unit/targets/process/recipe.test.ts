import assert from 'node:assert/strict';
import path from 'node:path';
import { inEnvironment } from '../../../../src/targets/process/environments/in-environment.js';
import { fits, recipeOf } from '../../../../src/targets/shared/recipe.js';

describe('how an environment is made here', () => {
  it('is a virtual environment for requirements, whatever the image', async () => {
    assert.deepEqual(await recipeOf({ image: 'x', pip: 'numpy\n' }, false), {
      kind: 'venv',
      requirements: 'numpy\n',
    });
  });

  it('needs no conda for a conda file of Python and pip', async () => {
    const conda = `name: a
channels: [conda-forge]
dependencies:
  - python=3.11
  - pip=24.0
  - conda-forge::setuptools
  - pip:
      - numpy==2.0.0
      - scikit-learn>=1.4
`;
    const recipe = { kind: 'venv', python: '==3.11.*', requirements: 'numpy==2.0.0\nscikit-learn>=1.4\n' };
    assert.deepEqual(await recipeOf({ image: 'x', conda }, false), recipe);
    assert.deepEqual(await recipeOf({ conda }, true), recipe);
  });

  it('says for what it needs conda, and uses it where it is', async () => {
    const conda = 'dependencies: [python=3.11, numpy=2.0, cudatoolkit]';
    assert.match(
      String(await recipeOf({ conda }, false)),
      /needs conda for numpy=2\.0, cudatoolkit, and neither/,
    );
    assert.deepEqual(await recipeOf({ conda }, true), { kind: 'conda', file: conda });
  });

  it('is refused for an image alone, a build and a broken conda file', async () => {
    assert.match(String(await recipeOf({ image: 'x' }, true)), /container image alone/);
    assert.match(
      String(await recipeOf({ build: { context: 'a', dockerfile: 'b' } }, true)),
      /built by a Dockerfile/,
    );
    assert.match(String(await recipeOf({ conda: 'a: [' }, true)), /not YAML/);
    assert.match(String(await recipeOf({ conda: 'name: x' }, true)), /without “dependencies”/);
  });

  const conditions: [asked: string, condition: string | undefined, fit: string, not: string][] = [
    ['python', undefined, '3.8.1', ''],
    ['python=3.11', '==3.11.*', '3.11.7', '3.1.1'],
    ['python 3.11', '==3.11.*', '3.11.7', '3.12.0'],
    ['python=3.11.*', '==3.11.*', '3.11.0', '3.10.0'],
    ['python==3.11.4', '==3.11.4.*', '3.11.4', '3.11.5'],
    ['python>=3.9,<3.12', '>=3.9,<3.12', '3.11.9', '3.12.0'],
    ['python >= 3.10', '>=3.10', '3.10.0', '3.9.18'],
  ];
  for (const [asked, condition, fit, not] of conditions)
    it(`reads ${asked}`, async () => {
      const recipe = await recipeOf({ conda: `dependencies: ["${asked}"]` }, false);
      assert.ok(typeof recipe === 'object' && recipe.kind === 'venv');
      if (asked !== 'python==3.11.4') assert.equal(recipe.python, condition);
      assert.ok(fits(fit, recipe.python));
      if (not) assert.ok(!fits(not, recipe.python));
    });
});

describe('the variables of a job in an environment', () => {
  const kept = path.resolve('/home/ada/.trainyard/environments');
  const python = path.join(kept, 'abc', 'env', 'bin', 'python');
  const given = { PATH: '/usr/bin', A: '1' };
  const first = (variables: Record<string, string>) => variables['PATH']?.split(path.delimiter)[0];

  it('are those of an activated one where Trainyard made it', () => {
    const environment = { kind: 'interpreter', path: python } as const;
    const variables = inEnvironment({ command: ['python', 'train.py'], environment }, given, kept);
    assert.equal(first(variables), path.dirname(python));
    assert.equal(variables['VIRTUAL_ENV'], path.join(kept, 'abc', 'env'));
    assert.equal(variables['A'], '1');
  });

  it('lead a shell to the interpreter, and leave other programs alone', () => {
    const environment = { kind: 'interpreter', path: path.resolve('/opt/py/bin/python3') } as const;
    const shell = inEnvironment({ command: ['bash', '-c', 'python train.py'], environment }, given, kept);
    assert.equal(first(shell), path.dirname(environment.path));
    assert.ok(!('VIRTUAL_ENV' in shell));
    assert.deepEqual(inEnvironment({ command: ['python', 'train.py'], environment }, given, kept), given);
    assert.deepEqual(inEnvironment({ command: ['bash', '-c', 'x'] }, given, kept), given);
  });
});
