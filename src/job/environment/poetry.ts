/** Poetry’s way to write dependencies, as requirements of pip. Pure. */
import { TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';

/** @param written the table `tool.poetry.dependencies` @throws BAD_REQUEST for what pip cannot be told */
export function requirementsOfPoetry(written: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(written)
    .filter(([name]) => name.toLowerCase() !== 'python')
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => requirementOf(name, one)),
    );
}

function requirementOf(name: string, value: unknown): string[] {
  if (typeof value === 'string') return [`${name}${rangeOf(name, value)}`];
  if (!isObject(value)) throw wrong(name, JSON.stringify(value));
  const text = (field: string) => (typeof value[field] === 'string' ? value[field] : undefined);
  if (value['optional'] === true) return [];
  const extras = Array.isArray(value['extras']) ? `[${value['extras'].join()}]` : '';
  const conditions = [
    text('python') === undefined ? undefined : pythonMarker(name, text('python') as string),
    text('markers'),
    text('platform') === undefined ? undefined : `sys_platform == '${text('platform')}'`,
  ].filter((one) => one !== undefined);
  const marker = conditions.length === 0 ? '' : ` ; ${conditions.map((one) => `(${one})`).join(' and ')}`;
  const git = text('git');
  const at = text('rev') ?? text('tag') ?? text('branch');
  const folder = text('subdirectory') === undefined ? '' : `#subdirectory=${text('subdirectory')}`;
  if (git !== undefined)
    return [`${name}${extras} @ git+${git}${at === undefined ? '' : `@${at}`}${folder}${marker}`];
  if (text('url') !== undefined) return [`${name}${extras} @ ${text('url')}${marker}`];
  // Refused with the other requirements that lie outside.
  if (text('path') !== undefined) return [`./${text('path')}`];
  return [`${name}${extras}${rangeOf(name, text('version') ?? '*')}${marker}`];
}

/** `^1.2` → `>=1.2,<2`. */
function rangeOf(name: string, written: string): string {
  if (written.includes('|')) throw wrong(name, written);
  return written
    .split(',')
    .map((one) => conditionOf(name, one.replace(/\s+/g, '')))
    .filter(Boolean)
    .join();
}

function conditionOf(name: string, text: string): string {
  if (text === '' || text === '*') return '';
  const [, operator = '', version = ''] = /^(\^|~=|~|[=!<>]=?|===)?(.+)$/.exec(text) ?? [];
  if (operator === '^') return `>=${version},<${next(name, version, firstThatCounts(version))}`;
  if (operator === '~') return `>=${version},<${next(name, version, version.includes('.') ? 1 : 0)}`;
  if (operator === '' || operator === '=') return `==${version}`;
  return text;
}

/** The part that `^` keeps: the first that is not 0, else the last. */
function firstThatCounts(version: string): number {
  const parts = version.split('.');
  const first = parts.findIndex((part) => Number(part) !== 0);
  return first === -1 ? parts.length - 1 : first;
}

/** The version after all that share the parts up to `n`. */
function next(name: string, version: string, n: number): string {
  const parts = version
    .split('.')
    .slice(0, n + 1)
    .map((part) => Number.parseInt(part, 10));
  if (parts.some(Number.isNaN)) throw wrong(name, version);
  return parts.map((part, i) => (i === n ? part + 1 : part)).join('.');
}

function pythonMarker(name: string, written: string): string {
  return rangeOf(name, written)
    .split(',')
    .filter(Boolean)
    .map((one) => {
      const [, operator = '==', version = ''] = /^([=!<>~]+)?(.+)$/.exec(one) ?? [];
      const short = version.split('.').length <= 2 || version.endsWith('.*');
      return `${short ? 'python_version' : 'python_full_version'} ${operator} '${version.replace(/\.\*$/, '')}'`;
    })
    .join(' and ');
}

function wrong(name: string, written: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `The condition of ${name} cannot be said to pip: ${written}.`, {
    hint: 'Export the dependencies to a requirements.txt: poetry export -o requirements.txt',
  });
}
