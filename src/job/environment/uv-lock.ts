/** A uv.lock as requirements of pip, for machines that have no uv to export it. Pure. */
import { TrainyardError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';

/** What requires a package: all of its markers hold. */
type Conjunction = ReadonlySet<string>;

interface Edge {
  name: string;
  version?: string;
  marker?: string;
  extra?: string[];
}

interface Package {
  name: string;
  version?: string;
  source: Record<string, string | undefined>;
  dependencies?: Edge[];
  'optional-dependencies'?: Record<string, Edge[]>;
  'dev-dependencies'?: Record<string, Edge[]>;
}

const PYPI = 'https://pypi.org/simple';
/** Ways to a package under different markers, at most. */
const MOST_WAYS = 64;

/**
 * Exact requirements for the project of a lock file and its group `dev`, which is what `uv sync` installs.
 * @param lock the file, parsed
 * @throws NOT_SUPPORTED for a lock that takes uv to be read | BAD_REQUEST
 */
export function requirementsOfLock(lock: Readonly<Record<string, unknown>>): string {
  const packages = packagesOf(lock);
  const members = membersOf(lock);
  const isLocal = ({ name, source }: Package) =>
    source['virtual'] !== undefined || source['editable'] === '.' || members.has(name);
  const root = packages.filter(({ source }) => (source['virtual'] ?? source['editable']) === '.');
  const ways = waysFrom(root.length > 0 ? root : packages.filter(({ name }) => members.has(name)), packages);
  const lines = packages
    .filter((one) => ways.has(one) && !isLocal(one))
    .map((one) => `${requirementOf(one)}${conditionOf(ways.get(one) ?? [])}\n`);
  return lines.join('');
}

/** The indexes that the packages of a lock file come from, as options of pip. */
export function indexesOfLock(lock: Readonly<Record<string, unknown>>): string[] {
  const counts = new Map<string, number>();
  for (const { source } of packagesOf(lock))
    if (source['registry'] !== undefined && /^https?:/.test(source['registry']))
      counts.set(source['registry'], (counts.get(source['registry']) ?? 0) + 1);
  const [first, ...others] = [...counts.keys()].sort(
    (a, b) => Number(b === PYPI) - Number(a === PYPI) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0),
  );
  return [
    ...(first === undefined || first === PYPI ? [] : [`--index-url ${first}`]),
    ...others.map((url) => `--extra-index-url ${url}`),
  ];
}

function packagesOf(lock: Readonly<Record<string, unknown>>): Package[] {
  const packages = lock['package'];
  if (lock['version'] !== 1 || !Array.isArray(packages))
    throw needsUv('has a format that only uv reads', 'NOT_SUPPORTED');
  return packages.filter((one) => isObject(one) && isObject(one['source'])) as unknown as Package[];
}

function membersOf({ manifest }: Readonly<Record<string, unknown>>): Set<string> {
  const members = isObject(manifest) ? manifest['members'] : undefined;
  return new Set(Array.isArray(members) ? members.map(String) : []);
}

/** How each package is reached from the roots. */
function waysFrom(roots: readonly Package[], packages: readonly Package[]): Map<Package, Conjunction[]> {
  const found = new Map<Package, Conjunction[]>();
  // A package with an extra is a place of its own, whose edges are those of the extra.
  const seen = new Map<string, Conjunction[]>();
  const waiting: { one: Package; extra: string; way: Conjunction }[] = roots.map((one) => ({
    ...{ one, extra: '', way: new Set<string>() },
  }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { one, extra, way } = next;
    const place = `${one.name} ${one.version ?? ''} ${extra}`;
    const before = seen.get(place) ?? [];
    if (before.some((known) => isIn(known, way))) continue;
    const now = [...before.filter((known) => !isIn(way, known)), way];
    if (now.length > MOST_WAYS) throw needsUv(`has too many conditions for ${one.name}`, 'NOT_SUPPORTED');
    seen.set(place, now);
    if (extra === '') found.set(one, now);
    const edges =
      extra === ''
        ? [
            ...(one.dependencies ?? []),
            ...(roots.includes(one) ? (one['dev-dependencies']?.['dev'] ?? []) : []),
          ]
        : (one['optional-dependencies']?.[extra] ?? []);
    for (const edge of edges) {
      const further = edge.marker === undefined ? way : new Set([...way, edge.marker]);
      for (const to of ['', ...(edge.extra ?? [])])
        waiting.push({ one: targetOf(edge, packages), extra: to, way: further });
    }
  }
  return found;
}

/** Whether all of `part` is in `whole`: a way with fewer conditions makes one with more needless. */
function isIn(part: Conjunction, whole: Conjunction): boolean {
  return [...part].every((marker) => whole.has(marker));
}

function targetOf({ name, version, marker }: Edge, packages: readonly Package[]): Package {
  if (marker !== undefined && /\bextra\b/.test(marker))
    throw needsUv('has extras that exclude each other', 'NOT_SUPPORTED');
  const fitting = packages.filter(
    (one) => one.name === name && (version === undefined || one.version === version),
  );
  const [only] = fitting;
  if (fitting.length === 1 && only) return only;
  throw needsUv(`names ${name}, which ${only ? 'it has several times' : 'it does not have'}`, 'BAD_REQUEST');
}

function requirementOf({ name, version, source }: Package): string {
  if (source['git'] !== undefined) {
    const url = new URL(source['git']);
    const folder = url.searchParams.get('subdirectory');
    const commit = url.hash.slice(1);
    url.search = '';
    url.hash = '';
    return `${name} @ git+${url.href}@${commit}${folder === null ? '' : `#subdirectory=${folder}`}`;
  }
  if (source['url'] !== undefined) return `${name} @ ${source['url']}`;
  const local = source['path'] ?? source['directory'] ?? source['editable'];
  // Refused with the other requirements that lie outside.
  if (local !== undefined) return `./${local}`;
  return `${name}==${version ?? ''}`;
}

function conditionOf(ways: readonly Conjunction[]): string {
  if (ways.length === 0 || ways.some(({ size }) => size === 0)) return '';
  const all = ways.map((way) =>
    [...way].map((marker) => (/\bor\b/.test(marker) ? `(${marker})` : marker)).join(' and '),
  );
  return ` ; ${all.length === 1 ? all.join('') : all.map((one) => (one.includes(' and ') ? `(${one})` : one)).join(' or ')}`;
}

function needsUv(why: string, code: 'NOT_SUPPORTED' | 'BAD_REQUEST'): TrainyardError {
  return new TrainyardError(code, `uv.lock ${why}.`, {
    hint: 'Install uv, which exports it: https://docs.astral.sh/uv. Or run “uv lock” again.',
  });
}
