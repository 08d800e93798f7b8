import assert from 'node:assert/strict';
import type { JobSpec } from '../../../src/job/spec.js';
import { problemsOf, validate } from '../../../src/job/validate.js';

const fine: JobSpec = {
  codeFolder: '/project',
  workingFolder: 'src',
  command: ['python', 'train.py'],
  script: 'src/train.py',
  target: 'local',
  experiment: 'e',
  environmentVariables: { SEED: '1' },
  tags: {},
};

describe('validate', () => {
  it('takes a job that is right', () => assert.doesNotThrow(() => validate(fine)));

  const wrong: [string, Partial<JobSpec>, RegExp][] = [
    ['a relative code folder', { codeFolder: 'project' }, /not absolute/],
    ['a working folder that climbs', { workingFolder: 'src/../..' }, /working folder/],
    ['a working folder that climbs the Windows way', { workingFolder: '..\\x' }, /working folder/],
    ['an absolute script', { script: '/etc/x.py' }, /script/],
    ['a script on another drive', { script: 'd:x.py' }, /script/],
    ['no command', { command: [] }, /no command/],
    ['an empty program', { command: ['', 'x'] }, /no command/],
    ['a NUL in the command', { command: ['python', 'a\0b'] }, /command .* NUL/],
    ['a NUL in the code folder', { codeFolder: '/a\0b' }, /code folder .* NUL/],
    ['a NUL in the working folder', { workingFolder: 'a\0b' }, /working folder .* NUL/],
    ['a NUL in the name', { displayName: 'a\0b' }, /name .* NUL/],
    ['a NUL in a variable', { environmentVariables: { A: 'a\0b' } }, /environment .* NUL/],
    ['a variable with no proper name', { environmentVariables: { 'A=B': '' } }, /A=B/],
  ];
  for (const [what, change, problem] of wrong)
    it(`refuses ${what}`, () => {
      const problems = problemsOf({ ...fine, ...change });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });

  it('tells of all problems at once', () => {
    const spec = { ...fine, codeFolder: 'x', command: [] };
    assert.throws(() => validate(spec), { code: 'BAD_REQUEST', details: problemsOf(spec) });
    assert.equal(problemsOf(spec).length, 2);
  });
});
