import assert from 'node:assert/strict';
import { TestHome } from '../../support/home.js';

describe('job files on the command line', () => {
  let test: TestHome;
  before(() => {
    test = new TestHome();
    test.write('src/show.sh', 'printf "[%s]" "$@" "$A"; echo\n');
    test.write(
      'job.yml',
      `command: sh show.sh \${{inputs.lr}} "\${{inputs.name}}" $[[--wd \${{inputs.wd}}]]
code: src
display_name: from a file
inputs:
  lr: 0.1
  name: two words
environment_variables: { A: true }
`,
    );
    test.write('wrong.yml', 'command: x ${{inputs.lr}}\nlimits:\n  timeout: soon\n');
    test.write('pipeline.yml', 'type: pipeline\njobs: {}\n');
  });
  after(() => test.close());

  it('are checked, with line and column', () => {
    const { status, stdout } = test.cli(['job', 'validate', 'wrong.yml']);
    assert.equal(status, 1);
    assert.match(stdout, /^wrong\.yml:1:12: error: There is no input “lr”/m);
    assert.match(stdout, /^wrong\.yml:3:12: error: “timeout” must be a whole number, not “soon”\.$/m);
    assert.equal(test.cli(['job', 'validate', 'job.yml']).status, 0);
    const other = test.cli(['job', 'validate', 'pipeline.yml']);
    assert.equal(other.status, 0);
    assert.match(other.stdout, /pipeline\.yml:1:7: warning: This file is a pipeline job\./);
    const { problems } = JSON.parse(test.cli(['job', 'validate', 'wrong.yml', '--json']).stdout) as {
      problems: { path: string; range: unknown }[];
    };
    assert.deepEqual(problems.map(({ path: at }) => at).filter(Boolean), ['command', 'limits.timeout']);
    assert.equal(test.cli(['job', 'validate', 'nowhere.yml']).status, 2);
  });

  it('have a schema', () => {
    const schema = JSON.parse(test.cli(['job', 'schema', 'command']).stdout) as {
      required: string[];
      properties: Record<string, { description: string }>;
    };
    assert.deepEqual(schema.required, ['command']);
    assert.match(schema.properties['code']?.description ?? '', /Folder with the code/);
    assert.equal(test.cli(['job', 'schema', 'nothing']).status, 2);
  });

  it('are submitted, with other values', () => {
    const submitted = test.cli(['submit', 'job.yml', '--wait', '--json']);
    assert.equal(submitted.status, 0, submitted.stderr);
    const run = JSON.parse(submitted.stdout) as { id: string; name: string };
    assert.equal(run.name, 'from a file');
    assert.equal(test.cli(['run', 'logs', run.id]).stdout, '[0.1][two words][True]\n');
    const shown = test.cli(['run', 'show', run.id]).stdout;
    assert.match(shown, /^Command .*\$\{\{inputs\.lr\}\}/m);
    assert.match(shown, /^Inputs\n( {2}.*\n)* {2}lr +0\.1$/m);
    const again = test.cli([
      'submit',
      'job.yml',
      '--set',
      'inputs.lr=1 2',
      '--set',
      'inputs.wd=3',
      '--env',
      'A=b',
      '--wait',
      '--json',
    ]);
    assert.equal(again.status, 0, again.stderr);
    const { id } = JSON.parse(again.stdout) as { id: string };
    assert.equal(test.cli(['run', 'logs', id]).stdout, '[1][2][two words][--wd][3][b]\n');
  });

  it('are made of runs', () => {
    const saved = test.cli(['job', 'save', 'from a file', 'saved.yml']);
    // Two runs have that name.
    assert.equal(saved.status, 2);
    const { runs } = JSON.parse(test.cli(['runs', '--json']).stdout) as { runs: { id: string }[] };
    const { id } = runs.at(-1) as { id: string };
    assert.equal(test.cli(['job', 'save', id, 'saved.yml']).status, 0);
    assert.equal(test.cli(['job', 'save', id, 'saved.yml']).status, 1);
    const again = JSON.parse(test.cli(['submit', 'saved.yml', '--wait', '--json']).stdout) as { id: string };
    assert.equal(test.cli(['run', 'logs', again.id]).stdout, '[0.1][two words][True]\n');
  });

  it('name environments of the workspace, or hold them', () => {
    test.write('environment.yml', 'image: nothing.example/x:1\n');
    test.write('Dockerfile', 'FROM scratch\n');
    test.write('of-file.yml', 'command: sh show.sh\nenvironment: file:environment.yml\n');
    test.write('of-build.yml', 'command: sh show.sh\nenvironment: { build: { path: . } }\n');
    test.write('of-none.yml', 'command: sh show.sh\nenvironment: azureml:nothing@latest\n');
    const said = (...args: string[]) => {
      const { status, stderr } = test.cli(['submit', ...args]);
      assert.notEqual(status, 0);
      return stderr;
    };
    assert.match(
      said('of-file.yml'),
      /The image “nothing\.example\/x:1” needs a target that runs containers/,
    );
    assert.match(said('of-none.yml'), /There is no environment “?nothing/);
    assert.match(said('job.yml', '--environment', 'nothing:1'), /There is no environment “?nothing/);
    assert.match(said('src/show.sh', '--environment', 'nothing:1'), /There is no environment “?nothing/);
    assert.match(said('job.yml', '--environment', 'a:1', '--image', 'b'), /Leave out --image/);
    // It is made before the target says that it builds none.
    assert.match(said('of-build.yml'), /anonymous:[0-9a-f]{12}|Dockerfile|containers/);
  });

  it('are made of scripts, and their arguments become inputs', () => {
    test.write(
      'train.py',
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--lr", default=0.1)\np.add_argument("--name", default="a b")\nprint(vars(p.parse_args()))\n',
    );
    assert.equal(test.cli(['job', 'save', 'train.py', 'train.yml']).status, 0);
    const { stdout } = test.cli(['submit', 'train.yml', '--set', 'inputs.lr=0.5', '--wait', '--json']);
    const { id } = JSON.parse(stdout) as { id: string };
    assert.equal(test.cli(['run', 'logs', id]).stdout, "{'lr': '0.5', 'name': 'a b'}\n");
  });

  it('may be entry points of an MLproject', () => {
    test.write(
      'MLproject',
      'entry_points:\n  show:\n    parameters: { a: { default: 1 } }\n    command: sh src/show.sh {a}\n',
    );
    const submitted = test.cli([
      'submit',
      'MLproject',
      '--entry-point',
      'show',
      '--set',
      'inputs.a=x y',
      '--wait',
      '--json',
    ]);
    assert.equal(submitted.status, 0, submitted.stderr);
    const { id } = JSON.parse(submitted.stdout) as { id: string };
    assert.equal(test.cli(['run', 'logs', id]).stdout, '[x y][]\n');
    assert.match(test.cli(['submit', 'MLproject']).stderr, /There is no entry point “main”/);
  });

  it('that are wrong are not submitted', () => {
    const { status, stderr } = test.cli(['submit', 'wrong.yml']);
    assert.equal(status, 2);
    assert.match(stderr, /wrong\.yml:3:12: error/);
    assert.match(test.cli(['submit', 'pipeline.yml']).stderr, /Jobs of this kind are not run here yet/);
    assert.equal(test.cli(['submit', 'job.yml', '--', 'x']).status, 2);
    assert.equal(test.cli(['submit', 'src/show.sh', '--set', 'inputs.lr=1']).status, 2);
  });
});
