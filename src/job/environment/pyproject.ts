/** The dependencies of a pyproject.toml as requirements of pip. Pure. */
import { TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';
import { requirementsOfPoetry } from './poetry.js';

type Table = Readonly<Record<string, unknown>>;

/**
 * @param project the file, parsed
 * @param textOf the text of a file beside it, for dependencies that it keeps in another file @throws what that throws
 * @throws BAD_REQUEST when it names none, or some that pip cannot be told
 */
export function requirementsOfProject(project: Table, textOf: (name: string) => string): string {
  const lines = [...indexesOf(project), ...dependenciesOf(project, textOf)];
  return lines.map((line) => `${line}\n`).join('');
}

function dependenciesOf(project: Table, textOf: (name: string) => string): string[] {
  const listed = at(project, 'project', 'dependencies');
  if (Array.isArray(listed)) return listed.map((line) => withSource(String(line), project));
  const elsewhere = at(project, 'tool', 'setuptools', 'dynamic', 'dependencies');
  const files = isObject(elsewhere) ? elsewhere['file'] : undefined;
  if (files !== undefined)
    return [files].flat().flatMap((name) => textOf(String(name)).trimEnd().split(/\r?\n/));
  const poetry = at(project, 'tool', 'poetry', 'dependencies');
  if (isObject(poetry)) return requirementsOfPoetry(poetry);
  if (isObject(project['project']) && !namesDynamic(project)) return [];
  throw new TrainyardError('BAD_REQUEST', 'pyproject.toml does not list its dependencies.', {
    hint: 'Name them in [project] dependencies, or use another file.',
  });
}

function namesDynamic(project: Table): boolean {
  const dynamic = at(project, 'project', 'dynamic');
  return Array.isArray(dynamic) && dynamic.includes('dependencies');
}

/** Where uv gets a package from in place of an index. */
function withSource(line: string, project: Table): string {
  const [, name = '', extras = '', rest = ''] = /^\s*([\w.-]+)\s*(\[[^\]]*\])?(.*)$/.exec(line) ?? [];
  const sources = at(project, 'tool', 'uv', 'sources');
  const [, source] =
    Object.entries(isObject(sources) ? sources : {}).find(([one]) => plain(one) === plain(name)) ?? [];
  if (!isObject(source)) return line;
  const [, marker] = /(;.*)$/.exec(rest) ?? [];
  const text = (field: string) => (typeof source[field] === 'string' ? source[field] : undefined);
  const revision = text('rev') ?? text('tag') ?? text('branch');
  const folder = text('subdirectory') === undefined ? '' : `#subdirectory=${text('subdirectory')}`;
  const end = marker === undefined ? '' : ` ${marker}`;
  if (text('git') !== undefined)
    return `${name}${extras} @ git+${text('git')}${revision === undefined ? '' : `@${revision}`}${folder}${end}`;
  if (text('url') !== undefined) return `${name}${extras} @ ${text('url')}${end}`;
  // Refused with the other requirements that lie outside.
  if (text('path') !== undefined) return `./${text('path')}`;
  if (source['workspace'] === true) return `./${name}`;
  return line;
}

/** Of uv, Poetry and PDM: the one that replaces PyPI, and those beside it. */
function indexesOf(project: Table): string[] {
  const tables = [
    at(project, 'tool', 'uv', 'index'),
    at(project, 'tool', 'poetry', 'source'),
    at(project, 'tool', 'pdm', 'source'),
  ].flatMap((all): Table[] => (Array.isArray(all) ? all.filter(isObject) : []));
  const isDefault = ({ default: yes, name, priority }: Table) =>
    yes === true || name === 'pypi' || priority === 'default' || priority === 'primary';
  const urls = tables.filter(({ url }) => typeof url === 'string');
  const first = at(project, 'tool', 'uv', 'index-url') ?? urls.find(isDefault)?.['url'];
  const more = at(project, 'tool', 'uv', 'extra-index-url');
  const others = [...(Array.isArray(more) ? more : []), ...urls.map(({ url }) => url)];
  return [
    ...(typeof first === 'string' ? [`--index-url ${first}`] : []),
    ...others.filter((url) => url !== first).map((url) => `--extra-index-url ${String(url)}`),
  ];
}

/** Names of packages are the same whatever joins their words. */
const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

function at(table: Table, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((now, name) => (isObject(now) ? now[name] : undefined), table);
}
