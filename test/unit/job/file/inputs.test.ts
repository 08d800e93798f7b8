import assert from 'node:assert/strict';
import { inputsOf, overrideOf, problemOfValue } from '../../../../src/job/file/inputs.js';
import { readJobFile } from '../../../../src/job/file/read.js';
import { readYaml } from '../../../../src/job/file/yaml.js';

const JOB = `command: x \${{inputs.lr}} \${{inputs.data}}
inputs:
  lr: 0.1
  epochs: 20
  fast: yes
  name: two words
  code: "012"
  deep: { value: 3 }
  data:
    type: uri_file
    path: ./a.csv
  folder:
    path: azureml:iris:1
`;
const ALL = inputsOf(readYaml(JOB));
const input = (name: string) => {
  const found = ALL.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};

describe('the inputs of a job file, as a person is asked for them', () => {
  it('have the types and values that are written', () => {
    assert.deepEqual(
      ALL.map(({ name, type, value, path }) => [name, type, value, path]),
      [
        ['lr', 'number', '0.1', 'inputs.lr'],
        ['epochs', 'integer', '20', 'inputs.epochs'],
        ['fast', 'boolean', 'true', 'inputs.fast'],
        ['name', 'text', 'two words', 'inputs.name'],
        ['code', 'text', '012', 'inputs.code'],
        ['deep', 'integer', '3', 'inputs.deep.value'],
        ['data', 'data', './a.csv', 'inputs.data.path'],
        ['folder', 'data', 'azureml:iris:1', 'inputs.folder.path'],
      ],
    );
    assert.deepEqual([input('data').dataType, input('folder').dataType], ['uri_file', 'uri_folder']);
  });

  it('of an entry point are its parameters; one without a default has no value', () => {
    const file = readYaml(`entry_points:
  main:
    command: x
    parameters:
      alpha: { type: float, default: 0.5 }
      data: path
      name: { type: string, default: "on" }
  other: { command: y, parameters: { beta: float } }
`);
    assert.deepEqual(inputsOf(file), [
      { name: 'alpha', type: 'number', path: 'inputs.alpha', value: '0.5' },
      { name: 'data', type: 'text', path: 'inputs.data' },
      { name: 'name', type: 'text', path: 'inputs.name', value: 'on' },
    ]);
    assert.deepEqual(inputsOf(file, 'other'), [{ name: 'beta', type: 'number', path: 'inputs.beta' }]);
    assert.deepEqual(inputsOf(file, 'none'), []);
  });

  const cases: [name: string, right: string[], wrong: string[]][] = [
    ['lr', ['1', '0.5', '1e-3', '-2.5', '.inf'], ['', 'fast', '1,5', '0.1 0.2']],
    ['epochs', ['3', '-1', '1_000'], ['', '2.5', 'ten', '1e3']],
    ['fast', ['true', 'no', 'False'], ['', 'maybe', '1']],
    ['name', ['', 'anything: [at all', '0.5'], []],
    ['data', ['./b.csv', 'azureml:iris@latest'], ['', '  ']],
  ];
  for (const [name, right, wrong] of cases)
    it(`are held to their types: ${name}`, () => {
      for (const text of right) assert.equal(problemOfValue(input(name), text), undefined, text);
      for (const text of wrong)
        assert.match(problemOfValue(input(name), text) ?? '', new RegExp(`“${name}”`), text);
    });

  it('need a value where the file has none', () => {
    assert.match(problemOfValue({ name: 'a', type: 'text', path: 'inputs.a' }, '') ?? '', /needs a value/);
  });

  it('keep a text as it is typed, and read numbers and truth values as YAML', () => {
    const set = (values: Record<string, string>) =>
      readJobFile(
        JOB,
        { file: '/project/job.yml' },
        Object.entries(values).map(([name, text]) => overrideOf(input(name), text)),
      ).job;
    const job = set({
      lr: ' 0.5 ',
      fast: 'no',
      name: '"quoted", [not a list] and\na line',
      code: 'true',
      deep: '7',
      data: './with space: b.csv',
    });
    assert.deepEqual(job?.parameters, {
      lr: '0.5',
      epochs: '20',
      fast: 'False',
      name: '"quoted", [not a list] and\na line',
      code: 'true',
      deep: '7',
    });
    assert.deepEqual(job?.inputs['data'], { type: 'uri_file', path: '/project/with space: b.csv' });
    assert.equal(job?.inputs['folder']?.path, 'azureml:iris:1');
  });
});
