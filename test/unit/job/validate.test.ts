import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TrainyardError } from '../../../src/base/errors.js';
import type { Problem } from '../../../src/job/problems.js';
import { JobSpec as schema } from '../../../src/job/schema.js';
import type { JobSpec } from '../../../src/job/spec.js';
import { problemsOf, validate } from '../../../src/job/validate.js';

const fine: JobSpec = {
  kind: 'command',
  codeFolder: '/project',
  workingFolder: 'src',
  command: ['python', 'train.py'],
  environment: { kind: 'interpreter', path: '/env/bin/python' },
  script: 'src/train.py',
  target: 'local',
  experiment: 'e',
  environmentVariables: { SEED: '1' },
  tags: {},
};

describe('validate', () => {
  it('takes a job that is right', () => assert.deepEqual(validate(fine), fine));

  it('takes one with all that there can be', () => {
    const full: JobSpec = {
      ...fine,
      launcher: ['mpirun', '-np', '2'],
      displayName: 'mine',
      parentRunId: 'a'.repeat(32),
      secrets: ['TOKEN'],
      timeout: 1.5,
      metrics: [{ name: 'm', regex: '(x)' }],
      parameters: { lr: '0.1' },
      inputs: { data: { type: 'uri_folder', path: '/data', mode: 'ro_mount' } },
      outputs: { model: { type: 'mlflow_model', name: 'churn', version: '3' } },
      resources: { cpus: 0.5, memory: 2 ** 30, shmSize: 2 ** 31, gpus: -1, instanceCount: 1 },
      network: 'off',
      azure: { identity: { type: 'managed' } },
      tags: { a: 'b' },
    };
    assert.deepEqual(validate(full), full);
  });

  it('takes one without a kind, as they were before there were any, as a command', () => {
    const { kind: _, environment: __, ...old } = fine;
    assert.deepEqual(validate(old), { ...old, kind: 'command' });
  });

  const wrong: [string, Partial<Record<keyof JobSpec, unknown>>, string, RegExp][] = [
    ['a relative code folder', { codeFolder: 'project' }, 'codeFolder', /not absolute/],
    ['no code folder', { codeFolder: '' }, 'codeFolder', /There is no code folder/],
    ['a working folder that climbs', { workingFolder: 'src/../..' }, 'workingFolder', /working folder/],
    [
      'a working folder that climbs the Windows way',
      { workingFolder: '..\\x' },
      'workingFolder',
      /working folder/,
    ],
    ['an absolute script', { script: '/etc/x.py' }, 'script', /script/],
    ['a script on another drive', { script: 'd:x.py' }, 'script', /script/],
    ['no command', { command: [] }, 'command', /no command/],
    ['an empty program', { command: ['', 'x'] }, 'command[0]', /no command/],
    ['a command in one string', { command: 'python x.py' }, 'command', /“command” must be a list/],
    ['a word that is no text', { command: ['python', 7] }, 'command[1]', /“command\[1\]” must be a string/],
    ['a launcher without words', { launcher: [] }, 'launcher', /no launcher/],
    ['a NUL in the command', { command: ['python', 'a\0b'] }, 'command', /command .* NUL/],
    ['a NUL in the launcher', { launcher: ['a\0b'] }, 'launcher', /launcher .* NUL/],
    ['a NUL in the code folder', { codeFolder: '/a\0b' }, 'codeFolder', /code folder .* NUL/],
    ['a NUL in the working folder', { workingFolder: 'a\0b' }, 'workingFolder', /working folder .* NUL/],
    ['a NUL in the name', { displayName: 'a\0b' }, 'displayName', /name .* NUL/],
    ['a NUL in a variable', { environmentVariables: { A: 'a\0b' } }, 'environmentVariables', /NUL/],
    [
      'a variable with no proper name',
      { environmentVariables: { 'A=B': '' } },
      'environmentVariables.A=B',
      /A=B/,
    ],
    ['a variable that is a number', { environmentVariables: { A: 1 } }, 'environmentVariables.A', /a string/],
    ['a secret with no proper name', { secrets: ['A', 'B C'] }, 'secrets[1]', /B C/],
    ['a negative timeout', { timeout: -1 }, 'timeout', /at least 0/],
    ['a timeout in words', { timeout: '5' }, 'timeout', /“timeout” must be a number/],
    ['a parent that is no run', { parentRunId: '../x' }, 'parentRunId', /parentRunId/],
    ['a pattern without a group', { metrics: [{ name: 'm', regex: 'x' }] }, 'metrics[0].regex', /no group/],
    ['a pattern that is none', { metrics: [{ name: 'm', regex: '(' }] }, 'metrics[0].regex', /regular expr/],
    ['a misspelt field', { timeuot: 5 } as object, 'timeuot', /no field “timeuot” in a command job/],
    [
      'a misspelt field further in',
      { metrics: [{ name: 'm', regexp: '(x)', regex: '(x)' }] },
      'metrics[0].regexp',
      /no field “metrics\[0\]\.regexp” in a metric pattern/,
    ],
    ['a kind that is none', { kind: 'pipelin' }, 'kind', /no job of the kind “pipelin”/],
    ['a kind that is no text', { kind: 7 }, 'kind', /“kind” must say/],
    ['an environment that is a path', { environment: '/env' }, 'environment', /must be an object/],
    [
      'an environment of no kind',
      { environment: { path: '/env/bin/python' } },
      'environment.kind',
      /which kind of environment/,
    ],
    [
      'an unknown environment',
      { environment: { kind: 'docker', image: 'x' } as never },
      'environment.kind',
      /no environment of the kind “docker”/,
    ],
    [
      'an environment with a field too many',
      { environment: { kind: 'interpreter', path: '/p', version: '3' } },
      'environment.version',
      /no field “environment.version” in an interpreter/,
    ],
    [
      'an input with no proper name',
      { parameters: { 'a b': '1' } },
      'parameters.a b',
      /“a b” is not a valid name/,
    ],
    [
      'an input of no type',
      { inputs: { x: { type: 'csv', path: '/x' } } } as object,
      'inputs.x.type',
      /must be one of uri_file, uri_folder/,
    ],
    [
      'a misspelt field of an output',
      { outputs: { x: { type: 'uri_file', nmae: 'y' } } } as object,
      'outputs.x.nmae',
      /no field “outputs\.x\.nmae” in an output/,
    ],
    [
      'an interpreter that is relative',
      { environment: { kind: 'interpreter', path: 'env/bin/python' } },
      'environment.path',
      /neither absolute/,
    ],
  ];
  for (const [what, change, at, problem] of wrong)
    it(`refuses ${what}`, () => {
      const problems = problemsOf({ ...fine, ...change });
      assert.deepEqual(
        problems.map(({ path }) => path),
        [at],
      );
      assert.match(problems[0]?.text ?? '', problem);
    });

  it('names what is missing, and the fields that there are', () => {
    const { target: _, ...rest } = fine;
    assert.deepEqual(problemsOf(rest), [{ path: 'target', text: '“target” is missing.' }]);
    assert.throws(() => validate({ ...fine, comand: [] }), {
      code: 'BAD_REQUEST',
      hint: /kind, codeFolder, workingFolder, command,/,
    });
  });

  it('tells of all problems at once', () => {
    const spec = { ...fine, codeFolder: 'x', command: [], extra: 1, metrics: [{ name: ' ', regex: '(' }] };
    assert.throws(() => validate(spec), { code: 'BAD_REQUEST', details: problemsOf(spec) });
    assert.deepEqual(
      problemsOf(spec)
        .map(({ path }) => path)
        .sort(),
      [...['codeFolder', 'command', 'extra', 'metrics[0].name', 'metrics[0].regex']],
    );
  });

  it('answers whatever it gets with a job, or with a problem that has a place and words', () => {
    const refused = (value: unknown): boolean => {
      try {
        validate(value);
        return false;
      } catch (error) {
        assert.ok(TrainyardError.is(error, 'BAD_REQUEST'), String(error));
        assert.ok(error.message.length > 0);
        const problems = error.details as Problem[];
        assert.ok(problems.length > 0);
        for (const { path, text } of problems) {
          assert.equal(typeof path, 'string');
          assert.match(text, /^.{5,}\.$/su);
          assert.doesNotMatch(text, /undefined|\[object/);
        }
        return true;
      }
    };
    const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>;
    fc.assert(
      fc.property(json, (value) => {
        assert.ok(refused(value));
      }),
      { numRuns: 500 },
    );
    // Jobs with one thing in them that is none of theirs.
    const fields = [...Object.keys(schema.anyOf[0].properties), 'other', '__proto__', 'constructor'];
    fc.assert(
      fc.property(fc.constantFrom(...fields), json, (field, value) => {
        const spec = JSON.parse(JSON.stringify({ ...fine, [field]: value })) as Record<string, unknown>;
        const isRefused = refused(spec);
        if (!(field in schema.anyOf[0].properties) && Object.hasOwn(spec, field)) assert.ok(isRefused, field);
      }),
      { numRuns: 1000 },
    );
  });

  it('says what each field is, for the help of editors', () => {
    const { properties } = schema.anyOf[0];
    for (const [name, { title, description }] of Object.entries(
      properties as Record<string, { title?: string; description?: string }>,
    ))
      if (name !== 'kind' && name !== 'environment') assert.ok(title && description, name);
  });
});
