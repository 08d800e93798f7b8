import { namesOf, stemOf, type Writer, type WriterNames } from './made-anew.js';
import { keyOf } from './names.js';

/** A folder that a run has event files in. */
export interface EventFolder extends Writer {
  /** From where the job works, with `/`; absolute when it is elsewhere. */
  path: string;
  /** When its first file was created, ms since the epoch. */
  createdAt: number;
  /** It holds the params of a session of the hyper-parameter plugin. */
  isSession: boolean;
}

interface Node {
  name: string;
  children: Map<string, Node>;
  /** Whether it is itself one of the folders. */
  isFolder: boolean;
  /** The least of those below it. */
  createdAt: number;
}

const byName = new Intl.Collator('en', { numeric: true });

/**
 * The tag prefixes of a run's folders, ending with `/`: their paths without the common part and without parts generated
 * for this run. Folders that only differ in generated parts are numbered in the order of their creation. Depends only
 * on the folders, not on the order in which they are found.
 */
export function prefixesOf(folders: readonly EventFolder[]): Map<string, string> {
  const owners = sessionOwners(folders);
  const apart = folders.filter(({ path }) => !owners.has(path));
  const paths = withoutCommon(labelsOf(apart));
  const prefixes = new Map<string, string>();
  const taken = new Set<string>();
  const order = [...apart].sort((a, b) => a.createdAt - b.createdAt || byName.compare(a.path, b.path));
  for (const { path } of order.sort((a, b) => depthOf(a) - depthOf(b))) {
    const name = nameOf(paths.get(path) ?? []);
    // Two may differ only in characters that keys do not allow.
    let prefix = name;
    for (let n = 1; taken.has(prefix); n++) prefix = nameOf([name, String(n)]);
    taken.add(prefix);
    prefixes.set(path, prefix && `${prefix}/`);
  }
  for (const [path, owner] of owners) prefixes.set(path, prefixes.get(owner) ?? '');
  return prefixes;
}

const partsOf = (path: string): string[] => path.split('/').filter(Boolean);
const depthOf = ({ path }: EventFolder): number => partsOf(path).length;

const nameOf = (parts: readonly string[]): string => {
  const path = parts.filter(Boolean).join('/');
  return path && keyOf('', path);
};

/** A writer's params and results go below its folder (`add_hparams`). The only such folder is one with the writer's. */
function sessionOwners(folders: readonly EventFolder[]): Map<string, string> {
  const sessions = new Map<string, string[]>();
  for (const { path } of folders.filter(({ isSession }) => isSession)) {
    const [owner] = folders
      .filter((other) => isBelow(path, other.path))
      .sort((a, b) => b.path.length - a.path.length);
    if (owner) sessions.set(owner.path, [...(sessions.get(owner.path) ?? []), path]);
  }
  return new Map(
    [...sessions].flatMap(([owner, [only, ...more]]): [string, string][] =>
      // Folders below it would be left without their own.
      only === undefined || more.length > 0 || folders.some(({ path }) => isBelow(path, only))
        ? []
        : [[only, owner]],
    ),
  );
}

const isBelow = (path: string, folder: string): boolean =>
  path !== folder && (folder === '' ? !path.startsWith('/') : path.startsWith(`${folder}/`));

/** The parts of each folder's name, without generated parts, numbered where needed. */
function labelsOf(folders: readonly EventFolder[]): Map<string, string[]> {
  const writers = namesOf(folders);
  return new Map(
    ['', '/'].flatMap((top) => {
      const inside = folders.filter(({ path }) => path.startsWith('/') === (top === '/'));
      return inside.length === 0 ? [] : labelled(treeOf(inside), top, false, writers);
    }),
  );
}

type Labelled = [path: string, labels: string[]];

/** The folders at and below a node, with what they are called from there. */
function labelled(node: Node, path: string, isBelowFresh: boolean, writers: WriterNames): Labelled[] {
  const alike = new Map<string, Labelled[][]>();
  const children = [...node.children.values()];
  for (const child of children.sort((a, b) => a.createdAt - b.createdAt || byName.compare(a.name, b.name))) {
    const { text, isFresh } = stemOf(child.name, isBelowFresh, writers);
    const below = path === '' || path === '/' ? `${path}${child.name}` : `${path}/${child.name}`;
    const group = alike.get(text) ?? [];
    group.push(labelled(child, below, isBelowFresh || isFresh, writers));
    alike.set(text, group);
  }
  const found: Labelled[] = node.isFolder ? [[path, []]] : [];
  // Unnamed folders come last, since their number must differ from all names.
  for (const [text, group] of [...alike].sort(([a], [b]) => Number(a === '') - Number(b === ''))) {
    const plain = group.flat().map(([path, labels]): Labelled => [path, [text, ...labels].filter(Boolean)]);
    const numbered = group.flatMap((members, i) =>
      members.map(([path, labels]): Labelled => [path, [text, String(i + 1), ...labels].filter(Boolean)]),
    );
    const names = new Set([...found, ...plain].map(([, labels]) => labels.join('/')));
    found.push(...(names.size === found.length + plain.length ? plain : numbered));
  }
  return found;
}

function treeOf(folders: readonly EventFolder[]): Node {
  const make = (name: string): Node => ({ name, children: new Map(), isFolder: false, createdAt: Infinity });
  const root = make('');
  for (const { path, createdAt } of folders) {
    let node = root;
    for (const name of partsOf(path)) {
      const child: Node = node.children.get(name) ?? make(name);
      node.children.set(name, child);
      child.createdAt = Math.min(child.createdAt, createdAt);
      node = child;
    }
    node.isFolder = true;
  }
  return root;
}

/** Without the parts that all have at their beginnings, then without those that all have at their ends. */
function withoutCommon(paths: Map<string, string[]>): Map<string, string[]> {
  const all = [...paths.values()];
  const start = commonLength(all);
  const end = all.length > 1 ? commonLength(all.map((parts) => parts.slice(start).reverse())) : 0;
  const left = all.map((parts) => parts.slice(start, parts.length - end));
  if (left.length > 1 && left.every(({ length }) => length > 0)) {
    shorten(left, 0, (label) => label.split(/(?<=[-_])(?![-_])/));
    shorten(left, -1, (label) => label.split(/(?<![-_])(?=[-_])/).reverse());
  }
  return new Map([...paths.keys()].map((path, i) => [path, left[i] as string[]]));
}

/** How many items all lists begin with. */
function commonLength(lists: readonly (readonly string[])[]): number {
  const [first = []] = lists;
  const end = first.findIndex((item, i) => lists.some((list) => list[i] !== item));
  return end < 0 ? first.length : end;
}

/**
 * Removes from the parts at `index` the words that all share, if one of them contains a digit: that is a value or a
 * counter of the run (`exp_3_train` and `exp_3_val`). A number alone says nothing, so it keeps its word.
 */
function shorten(paths: string[][], index: 0 | -1, wordsOf: (label: string) => string[]): void {
  const words = paths.map((parts) => wordsOf(parts.at(index) as string));
  let common = Math.min(commonLength(words), ...words.map(({ length }) => length - 1));
  while (common > 0 && words.some((list) => list.slice(common).every((word) => !/\p{L}/u.test(word))))
    common--;
  if (!words[0]?.slice(0, common).some((word) => /\d/.test(word))) return;
  for (const [i, parts] of paths.entries()) {
    const rest = words[i]?.slice(common) ?? [];
    parts[index === 0 ? 0 : parts.length - 1] = (index === 0 ? rest : rest.reverse())
      .join('')
      .replace(/^[-_]+|[-_]+$/g, '');
  }
}
