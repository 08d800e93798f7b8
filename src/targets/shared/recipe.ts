/** How an environment is made as a folder of this machine. Pure. */
import { isObject } from '../../base/json.js';
import { pythonOf } from '../../job/environment/python-line.js';
import type { EnvironmentDefinition } from '../../job/environment.js';

export type Recipe =
  | {
      kind: 'venv';
      /** Version of Python as a comma separated list of conditions, e.g. `>=3.10,<3.13` or `==3.11.*`; absent: any. */
      python?: string;
      /** Text of a requirements.txt; may be empty. */
      requirements: string;
    }
  | { kind: 'conda'; file: string };

/** @returns the recipe, or a sentence that says why there is none. @param hasConda whether conda environments can be made here */
export async function recipeOf(
  definition: EnvironmentDefinition,
  hasConda: boolean,
): Promise<Recipe | string> {
  const { conda, pip, build } = definition;
  if (build) return 'is built by a Dockerfile, so it needs a target that runs containers';
  if (pip !== undefined) {
    const python = pythonOf(pip);
    return { kind: 'venv', ...(python !== undefined && { python: `==${python}.*` }), requirements: pip };
  }
  if (conda === undefined) return 'is a container image alone, so it needs a target that runs containers';
  const venv = await venvOf(conda);
  if (typeof venv === 'string' || 'kind' in venv) return venv;
  if (hasConda) return { kind: 'conda', file: conda };
  const { needs } = venv;
  const some = needs.length > 3 ? [...needs.slice(0, 3), '…'] : needs;
  return `needs conda for ${some.join(', ')}, and neither micromamba, mamba nor conda is on the PATH`;
}

/** Of a conda file that needs no conda: it asks for Python and for packages of pip. */
async function venvOf(conda: string): Promise<Recipe | { needs: string[] } | string> {
  const { parseDocument } = await import('../../base/yaml.js');
  const document = parseDocument(conda);
  const [wrong] = document.errors;
  if (wrong) return `has a conda file that is not YAML (${wrong.message.split('\n')[0]})`;
  const file: unknown = document.toJS();
  const dependencies = isObject(file) ? file['dependencies'] : undefined;
  if (!Array.isArray(dependencies)) return 'has a conda file without “dependencies”';
  const requirements: string[] = [];
  const others: string[] = [];
  let python: string | undefined;
  for (const one of dependencies as unknown[]) {
    if (isObject(one) && Array.isArray(one['pip'])) requirements.push(...one['pip'].map(String));
    else if (typeof one !== 'string') others.push(JSON.stringify(one));
    else {
      const [, name = '', rest = ''] = /^(?:[\w./-]+::)?([A-Za-z0-9_.-]+)\s*(.*)$/.exec(one.trim()) ?? [];
      if (name === 'python') python = conditionOf(rest) ?? python;
      // These come with every virtual environment.
      else if (!['pip', 'setuptools', 'wheel'].includes(name)) others.push(one);
    }
  }
  if (others.length > 0) return { needs: others };
  return {
    kind: 'venv',
    ...(python !== undefined && { python }),
    requirements: requirements.map((line) => `${line}\n`).join(''),
  };
}

/** Conda's `=3.11` means any 3.11. */
function conditionOf(text: string): string | undefined {
  const bare = text.replace(/\s+/g, '').replace(/\*$/, '');
  if (bare === '') return undefined;
  const [, version] = /^={0,1}([\d.]+?)\.?(?:=.*)?$/.exec(bare) ?? [];
  if (version !== undefined) return `==${version}.*`;
  return text.replace(/\s+/g, '').replace(/^==([\d.]+)=.*$/, '==$1');
}

/** Whether a version such as `3.11.4` fits a condition of a recipe. */
export function fits(version: string, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  return condition.split('|').some((either) => either.split(',').every((one) => fitsOne(version, one)));
}

function fitsOne(version: string, condition: string): boolean {
  const [, operator = '==', wanted = '', wild] =
    /^(==|!=|>=|<=|>|<|~=|=)?([\d.]*\d)(\.\*)?$/.exec(condition) ?? [];
  const [have, want] = [version, wanted].map((one) => one.split('.').map(Number)) as [number[], number[]];
  const order = compare(have, want);
  const isWithin = want.every((part, i) => have[i] === part);
  switch (operator) {
    case '!=':
      return wild ? !isWithin : order !== 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '~=':
      return order >= 0 && want.slice(0, -1).every((part, i) => have[i] === part);
    default:
      return wild || operator === '=' ? isWithin : order === 0;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
