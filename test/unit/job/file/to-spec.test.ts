import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { commandOf } from '../../../../src/job/file/command/shell.js';
import { specOf } from '../../../../src/job/file/command/to-spec.js';
import { readJobFile } from '../../../../src/job/file/read.js';
import { fillPlaceholders } from '../../../../src/job/placeholders.js';
import { problemsOf } from '../../../../src/job/validate.js';

const folder = path.resolve('/work/project');
const file = path.join(folder, 'job.yml');

function spec(text: string, options = {}) {
  const { job, problems } = readJobFile(text, { file });
  assert.ok(job, JSON.stringify(problems));
  const made = specOf(job, path.join(folder, 'src'), { defaultExperiment: 'project', ...options });
  assert.deepEqual(problemsOf(made), []);
  return made;
}

describe('the job of a job file', () => {
  it('has what the file says', () => {
    const made = spec(`
display_name: A job
experiment_name: iris
description: What it does.
command: python main.py --lr \${{ inputs.lr }} $[[--wd \${{inputs.wd}}]] --out \${{outputs.model}}
inputs: { lr: 0.1, data: { type: uri_file, path: 'https://example.com/a' } }
outputs: { model: }
environment_variables: { A: 1 }
compute: azureml:cpu
limits: { timeout: 60 }
tags: { a: b }
name: n1
identity: { type: aml_token }
`);
    assert.deepEqual(made, {
      kind: 'command',
      codeFolder: path.join(folder, 'src'),
      workingFolder: '',
      command: ['python', 'main.py', '--lr', '${{inputs.lr}}', '--out', '${{outputs.model}}'],
      script: 'main.py',
      target: 'local',
      experiment: 'iris',
      displayName: 'A job',
      environmentVariables: { A: '1' },
      timeout: 60,
      tags: { a: 'b', 'mlflow.note.content': 'What it does.' },
      parameters: { lr: '0.1' },
      inputs: { data: { type: 'uri_file', path: 'https://example.com/a' } },
      outputs: { model: { type: 'uri_folder' } },
      azure: { identity: { type: 'aml_token' }, name: 'n1', compute: 'azureml:cpu' },
    });
  });

  it('takes what the call says first', () => {
    const text =
      'command: python a.py\nexperiment_name: iris\ncompute: other\nenvironment_variables: { A: 1, B: 2 }\n';
    const made = spec(text, {
      target: 'docker',
      experiment: 'mine',
      timeout: 5,
      environmentVariables: { A: '7' },
      environment: { kind: 'image', image: 'python:3.12' },
    });
    assert.equal(made.target, 'docker');
    assert.equal(made.experiment, 'mine');
    assert.equal(made.timeout, 5);
    assert.deepEqual(made.environmentVariables, { A: '7', B: '2' });
    assert.deepEqual(made.environment, { kind: 'image', image: 'python:3.12' });
    assert.equal(spec(text).target, 'other');
    assert.equal(spec('command: a').experiment, 'project');
  });
});

describe('a command', function () {
  // bash is Azure’s shell; where there is none, nothing can be compared.
  const hasBash = spawnSync('bash', ['-c', 'exit 7']).status === 7 && process.platform !== 'win32';
  this.timeout(30_000);

  const PRINT = `/usr/bin/printf '[%s]\\n'`;
  const parameters = {
    plain: '0.1',
    words: 'two words',
    quotes: `it's "so"`,
    lines: 'one\ntwo',
    dollar: '$HOME `id` *',
    empty: '',
  };
  const outcome = ([program = '', ...args]: string[]) => {
    const { stdout, status } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', X: 'x y' },
    });
    return { stdout, status };
  };
  for (const text of [
    `${PRINT} \${{inputs.plain}} b`,
    `${PRINT} \${{inputs.words}}`,
    `${PRINT} "\${{inputs.words}}"`,
    `${PRINT} '\${{inputs.words}}'`,
    `${PRINT} "\${{inputs.lines}}"`,
    `${PRINT} \${{inputs.lines}}`,
    `${PRINT} "\${{inputs.quotes}}"`,
    `${PRINT} '\${{inputs.dollar}}'`,
    `${PRINT} a\${{inputs.empty}}b "" ''`,
    `${PRINT} "a b" 'c "d"' e\\ f g=h`,
    `${PRINT} "$X" $X '$X' ~ *.none`,
    `${PRINT} a && ${PRINT} b | cat; exit 3`,
    `${PRINT} a\n${PRINT} b\n`,
    `X=1 ${PRINT} a`,
    'exit 4',
    `echo 'a  b'   c # more`,
    `${PRINT} 'not closed`,
    `${PRINT} a \\'$X\\' 'it'\\''s' "a\\$b\\c"`,
    `${PRINT} 'a\nb' "c\nd" \\\n e`,
  ])
    it(`runs as in Azure: ${JSON.stringify(text)}`, function () {
      if (!hasBash) this.skip();
      const bindings = { inputs: parameters, outputs: {} };
      const azure = fillPlaceholders([text], bindings)[0] as string;
      const mine = fillPlaceholders(commandOf(text, parameters), bindings);
      assert.deepEqual(outcome(mine), outcome(['bash', '-c', azure]));
    });

  it('needs no shell when it is a program with plain arguments', () => {
    const words = (text: string) => commandOf(text, parameters);
    assert.deepEqual(words('python train.py --name "a b" \'$x\''), [
      'python',
      'train.py',
      '--name',
      'a b',
      '$x',
    ]);
    assert.deepEqual(words('python t.py --data "${{ inputs.data }}" --lr=${{inputs.plain}}'), [
      'python',
      't.py',
      '--data',
      '${{ inputs.data }}',
      '--lr=${{inputs.plain}}',
    ]);
    assert.deepEqual(words('python t.py ${{inputs.words}}'), ['bash', '-c', 'python t.py ${{inputs.words}}']);
    assert.deepEqual(words('cd src').slice(0, 2), ['bash', '-c']);
  });
});
