import assert from 'node:assert/strict';
import type { TrainyardError } from '../../../src/base/errors.js';
import { differencesOf, packagesMissing } from '../../../src/workspace/compare-environments.js';
import { isLockable, lockOf } from '../../../src/workspace/lock-environment.js';
import type { BuiltOn, EnvironmentVersion } from '../../../src/workspace/types.js';

const environment = (more: Partial<EnvironmentVersion> = {}): EnvironmentVersion => ({
  ...{ name: 'training', version: '1', digest: 'd', definition: { pip: 'numpy\n' }, description: '' },
  ...{ tags: {}, kept: {}, archived: false, createdAt: 0, builds: [] },
  ...more,
});
const built = (packages?: Record<string, string>): BuiltOn => ({
  ...{ target: 'local', at: '/python', builtAt: 1 },
  ...(packages && { packages }),
});

describe('environments compared', () => {
  it('tells what was asked for and, once both are built, what is installed', () => {
    const before = environment({ builds: [built({ numpy: '2.0.0', torch: '2.5' })] });
    const after = environment({ definition: { pip: 'numpy>2\n', image: 'python:3.12' } });
    assert.deepEqual(differencesOf(before, after), {
      definition: [
        { what: 'image', after: 'python:3.12' },
        { what: 'pip', before: 'numpy\n', after: 'numpy>2\n' },
      ],
    });
    after.builds = [built(), built({ numpy: '2.1.0', torch: '2.5' })];
    assert.deepEqual(differencesOf(before, after).packages, [
      { what: 'numpy', before: '2.0.0', after: '2.1.0' },
    ]);
  });

  it('tells why packages are not known', () => {
    assert.equal(packagesMissing(environment()), 'not-built');
    assert.equal(packagesMissing(environment({ builds: [built()] })), 'no-python');
    assert.equal(packagesMissing(environment({ builds: [built(), built({ numpy: '2' })] })), undefined);
  });
});

describe('an environment locked', () => {
  it('has the packages of its newest build in exact versions, and keeps where pip finds them', () => {
    const pip = '--extra-index-url https://example.com/simple\nnumpy # fast\n-r no\n';
    const packages = { python: '3.12.1', numpy: '2.1.0', pip: '25.0', torch: '2.5' };
    const definition = { image: 'python:3.12', pip };
    const asked = lockOf(environment({ definition, tags: { a: 'b' }, builds: [built(packages)] }));
    assert.deepEqual(asked, {
      name: 'training',
      definition: {
        image: 'python:3.12',
        pip: '--extra-index-url https://example.com/simple\nnumpy==2.1.0\ntorch==2.5\n',
      },
      description: 'training:1 in exact versions.',
      tags: { a: 'b' },
    });
  });

  it('has to be built before, and to be made of requirements', () => {
    const code = (code: string) => (error: TrainyardError) => error.code === code;
    assert.throws(() => lockOf(environment()), code('CONFLICT'));
    const image = environment({ definition: { image: 'a' }, builds: [built({ numpy: '2' })] });
    assert.throws(() => lockOf(image), code('NOT_SUPPORTED'));
    assert.deepEqual([isLockable(environment()), isLockable(image)], [true, false]);
  });
});
