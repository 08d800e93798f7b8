/** Makes the environments of recipes, with the tools of this machine. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { messageOf, TrainyardError } from '../../../base/errors.js';
import { onPath } from '../../../job/programs.js';
import { listPythons } from '../../../job/python/find.js';
import type { BuildProgress } from '../../target.js';
import { fits, type Recipe } from '../../shared/recipe.js';
import { variablesForUv } from '../../shared/package-index.js';
import { LIST_PACKAGES } from '../../shared/packages.js';
import { noteBuilder } from './builder.js';
import { run } from './run.js';

export interface Made {
  /** Absolute path. */
  interpreter: string;
  packages: Record<string, string>;
}

interface Step {
  text: string;
  command: readonly string[];
}

const CONDAS = ['micromamba', 'mamba', 'conda'];

/** The first of micromamba, mamba and conda that is on PATH; absolute. */
export function condaHere(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return onPath(CONDAS, { env }).next().value ?? undefined;
}

/**
 * @param folder which is empty, and stays where it is
 * @throws TARGET_FAILED naming the step | CANCELLED
 */
export async function make(recipe: Recipe, folder: string, progress: BuildProgress): Promise<Made> {
  const env = withoutEnvironment(process.env);
  const prefix = path.join(folder, 'env');
  const interpreter = interpreterIn(prefix, recipe.kind);
  const uv = onPath(['uv'], { env }).next().value;
  if (uv) Object.assign(env, await variablesForUv());
  const steps =
    recipe.kind === 'conda'
      ? condaSteps(recipe.file, prefix, folder)
      : await venvSteps(recipe, { prefix, folder, interpreter, uv, env, progress });
  const all = steps.length + 1;
  const { onOutput, onStep, signal } = progress;
  for (const [i, { text, command }] of steps.entries()) {
    onStep(i + 1, all, text);
    const onStart = (pid: number) => noteBuilder(folder, pid);
    await run(command, { what: text, cwd: folder, env, onOutput, onStart, signal });
  }
  const text = 'Reading what is installed';
  onStep(all, all, text);
  const list = [interpreter, '-I', '-c', LIST_PACKAGES];
  const printed = await run(list, { what: text, cwd: folder, env, signal });
  return { interpreter, packages: JSON.parse(printed) as Record<string, string> };
}

function condaSteps(file: string, prefix: string, folder: string): Step[] {
  const conda = condaHere() ?? 'conda';
  const written = path.join(folder, 'environment.yml');
  fs.writeFileSync(written, file, { mode: 0o600 });
  const isMicro = path.basename(conda).startsWith('micromamba');
  const create = isMicro ? ['create', '--yes'] : ['env', 'create', '--yes'];
  return [
    {
      text: `Creating the environment with ${path.basename(conda)}`,
      command: [conda, ...create, '-p', prefix, '-f', written],
    },
  ];
}

async function venvSteps(
  { python, requirements }: Extract<Recipe, { kind: 'venv' }>,
  parts: {
    prefix: string;
    folder: string;
    interpreter: string;
    uv: string | undefined | void;
    env: NodeJS.ProcessEnv;
    progress: BuildProgress;
  },
): Promise<Step[]> {
  const { prefix, folder, interpreter, uv, env, progress } = parts;
  const file = path.join(folder, 'requirements.txt');
  fs.writeFileSync(file, requirements, { mode: 0o600 });
  const isEmpty = requirements.split('\n').every((line) => /^\s*(#|$)/.test(line));
  if (uv)
    return [
      {
        text: 'Creating the virtual environment with uv',
        command: [
          uv,
          'venv',
          '--seed',
          ...(python === undefined ? [] : ['--python', python.replaceAll('|', ',')]),
          prefix,
        ],
      },
      ...(isEmpty
        ? []
        : [
            {
              text: 'Installing the requirements',
              command: [uv, 'pip', 'install', '--python', interpreter, '-r', file],
            },
          ]),
    ];
  const base = await findBase(python, { env, folder, progress });
  return [
    { text: 'Creating the virtual environment', command: [base, '-I', '-m', 'venv', prefix] },
    ...(isEmpty
      ? []
      : [
          {
            text: 'Installing the requirements',
            command: [
              interpreter,
              '-I',
              '-m',
              'pip',
              'install',
              '--no-input',
              '--progress-bar',
              'off',
              '-r',
              file,
            ],
          },
        ]),
  ];
}

/** A Python of this machine that fits. @throws TARGET_FAILED */
async function findBase(
  condition: string | undefined,
  { env, folder, progress }: { env: NodeJS.ProcessEnv; folder: string; progress: BuildProgress },
): Promise<string> {
  const seen = new Set<string>();
  const failures: string[] = [];
  for (const { path: python } of listPythons({ folder, codeFolder: folder, env })) {
    try {
      const told = await run(
        [python, '-I', '-c', 'import platform, venv; print(platform.python_version())'],
        {
          what: `Asking ${python} for its version`,
          ...{ cwd: folder, env, signal: progress.signal },
        },
      );
      const version = told.trim();
      if (fits(version, condition)) return python;
      seen.add(version);
    } catch (error) {
      if (TrainyardError.is(error, 'CANCELLED')) throw error;
      failures.push(`${python}: ${messageOf(error)}`);
    }
  }
  for (const failure of failures) progress.onOutput(`${failure}\n`);
  const wanted = condition === undefined ? 'a Python' : `Python ${condition.replace('==', '')}`;
  throw new TrainyardError(
    'TARGET_FAILED',
    `The environment needs ${wanted}, and this machine has ${seen.size === 0 ? 'none that can make one' : [...seen].join(', ')}.`,
    { hint: 'Install it, or install uv, which fetches it.' },
  );
}

/** That of the shell which started the server has no say in another. */
function withoutEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { VIRTUAL_ENV: _, CONDA_PREFIX: __, PYTHONHOME: ___, PYTHONPATH: ____, ...rest } = env;
  return rest;
}

function interpreterIn(prefix: string, kind: Recipe['kind']): string {
  if (process.platform !== 'win32') return path.join(prefix, 'bin', 'python');
  return kind === 'conda' ? path.join(prefix, 'python.exe') : path.join(prefix, 'Scripts', 'python.exe');
}
