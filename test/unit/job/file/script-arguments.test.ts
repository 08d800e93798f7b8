import assert from 'node:assert/strict';
import path from 'node:path';
import { argumentsOf } from '../../../../src/job/file/arguments/read.js';
import { withArguments } from '../../../../src/job/file/from-script.js';
import { readJobFile } from '../../../../src/job/file/read.js';
import { jobFileOf } from '../../../../src/job/file/save.js';

describe('the arguments of a script', () => {
  it('are found in argparse', () => {
    const found = argumentsOf(`
import argparse

def parse():
    p = argparse.ArgumentParser(description="p.add_argument('--no')")  # p.add_argument('--nor')
    p.add_argument("data", type=Path, help="Where 'it' is, "
                   "in two parts")
    p.add_argument("-l", "--learning-rate", default=1e-3, type=float, metavar="LR")
    group = p.add_argument_group("more")
    group.add_argument('--epochs', type=int, default=10, required=False)
    p.add_argument('--model', choices=['a', "b"], default='a', dest="kind")
    p.add_argument('--seed', type=int)
    p.add_argument('--name', required=True)
    p.add_argument('--verbose', action='store_true')
    p.add_argument('--amp', action=argparse.BooleanOptionalAction, default=True)
    p.add_argument('--out', default=Path("outputs"))
    p.add_argument('--computed', default=os.environ.get('X', '3'))
    p.add_argument('--negative', type=float, default=-0.5)
    p.add_argument('extra', nargs='*')
    p.add_argument('--version', action='version', version='1')
    p.add_argument(NAME, default=3)
    return p.parse_args()
`);
    assert.deepEqual(found, [
      { name: 'data', type: 'path', isRequired: true, help: "Where 'it' is, in two parts" },
      { name: 'learning_rate', option: '--learning-rate', type: 'number', default: '1e-3' },
      { name: 'epochs', option: '--epochs', type: 'integer', default: '10' },
      { name: 'kind', option: '--model', type: 'text', default: 'a', choices: ['a', 'b'] },
      { name: 'seed', option: '--seed', type: 'integer' },
      { name: 'name', option: '--name', type: 'text', isRequired: true },
      { name: 'verbose', option: '--verbose', isFlag: true, type: 'boolean' },
      { name: 'amp', option: '--amp', isFlag: true, type: 'boolean', default: 'True' },
      { name: 'out', option: '--out', type: 'text', default: 'outputs' },
      { name: 'computed', option: '--computed', type: 'text' },
      { name: 'negative', option: '--negative', type: 'number', default: '-0.5' },
      { name: 'extra', type: 'text' },
    ]);
  });

  it('are found in click', () => {
    const found = argumentsOf(`
import click

@click.command()
@click.argument("data", type=click.Path(exists=True))
@click.option("-b", "--batch-size", "batch", default=32, show_default=True, help="Size.")
@click.option("--shout/--no-shout", default=False)
@click.option("--kind", type=click.Choice(["a", "b"]), default="a")
@click.option("--rate", type=float, required=True)
@click.option("-v", is_flag=True)
def main(data, batch, shout, kind, rate, v):
    print(f"{data}", option("--not-this"))
`);
    assert.deepEqual(found, [
      { name: 'data', type: 'path', isRequired: true },
      { name: 'batch', option: '--batch-size', type: 'integer', default: '32', help: 'Size.' },
      { name: 'shout', option: '--shout', isFlag: true, type: 'boolean' },
      { name: 'kind', option: '--kind', type: 'text', default: 'a', choices: ['a', 'b'] },
      { name: 'rate', option: '--rate', type: 'number', isRequired: true },
      { name: 'v', option: '-v', isFlag: true, type: 'boolean' },
    ]);
  });

  it('are found in typer', () => {
    const text = `
import typer
from typing import Annotated, Optional
app = typer.Typer()

def helper(x: int = 3): ...

@app.command()
def main(
    data: Path,
    lr: float = 0.1,
    epochs: Annotated[int, typer.Option("--n-epochs", help="How many")] = 5,
    name: Optional[str] = None,
    out: Path = typer.Option("outputs", "--out-dir", "-o", help="Where"),
    seed: int = typer.Argument(...),
    fast: bool = False,
):
    pass
`;
    assert.deepEqual(argumentsOf(text), [
      { name: 'data', type: 'path', isRequired: true },
      { name: 'lr', option: '--lr', type: 'number', default: '0.1' },
      { name: 'epochs', option: '--n-epochs', type: 'integer', default: '5', help: 'How many' },
      { name: 'name', option: '--name', type: 'text' },
      { name: 'out', option: '--out-dir', type: 'path', default: 'outputs', help: 'Where' },
      { name: 'seed', type: 'integer', isRequired: true },
      { name: 'fast', option: '--fast', isFlag: true, type: 'boolean' },
    ]);
    const direct = 'import typer\ndef main(lr: float = 0.1): ...\ndef other(x: int): ...\ntyper.run(main)\n';
    assert.deepEqual(
      argumentsOf(direct).map(({ name }) => name),
      ['lr'],
    );
  });

  it('are not found where there are none, and broken files are read to the end', () => {
    assert.deepEqual(argumentsOf('def main(lr: float = 0.1): ...\n'), []);
    assert.deepEqual(argumentsOf(''), []);
    for (const broken of [
      'p.add_argument("--a',
      'p.add_argument(',
      '"""',
      'p.add_argument("--a", default=[1, (2',
      ')]}',
      '@',
      'def f(',
      'import typer\ntyper.run(f)\ndef f(a: list[int',
    ])
      assert.ok(Array.isArray(argumentsOf(broken)), broken);
  });

  it('become the inputs of a job file', () => {
    const folder = path.resolve('/work/project');
    const file = path.join(folder, 'job.yml');
    const { spec, notes } = withArguments(
      {
        kind: 'command',
        codeFolder: folder,
        workingFolder: '',
        command: ['python', 'train.py'],
        script: 'train.py',
        target: 'local',
        experiment: 'project',
        environmentVariables: {},
        tags: {},
      },
      `p.add_argument('data')\np.add_argument('--lr', default=0.1)\np.add_argument('--name', default='a b')\np.add_argument('-v', action='store_true')\np.add_argument('--seed')\n`,
    );
    const { job } = readJobFile(jobFileOf(spec, file).text, { file });
    assert.equal(
      job?.command,
      `python train.py '\${{inputs.data}}' --lr '\${{inputs.lr}}' --name '\${{inputs.name}}'`,
    );
    assert.deepEqual(job?.parameters, { data: '', lr: '0.1', name: 'a b' });
    assert.deepEqual(notes, [
      'Give the input “data” a value: the script needs it.',
      '-v did not become an input: it takes no value. Add it to the command if you want it.',
      '--seed did not become an input: it has no default.',
    ]);
  });
});
