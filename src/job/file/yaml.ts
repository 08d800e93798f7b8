/** Reads YAML into a small tree that knows where everything stands. Nothing here knows of jobs. */
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { Lines, type Range } from './position.js';
import { plainScalar, type ScalarType, type ScalarValue } from './scalars.js';
import { type Placeholder, placeholdersOf } from './templates.js';

/** `start` and `end` are offsets. */
interface Place {
  readonly start: number;
  readonly end: number;
}

export interface YamlScalar extends Place, Readonly<ScalarValue> {
  readonly kind: 'scalar';
}

export interface YamlEntry {
  readonly key: YamlScalar;
  /** A null that has no length when nothing is written. */
  readonly value: YamlNode;
}

export interface YamlMap extends Place {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
}

export interface YamlList extends Place {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export type YamlNode = YamlMap | YamlList | YamlScalar;

/** Something that keeps a text from being read, or that is read otherwise than meant. */
export interface YamlProblem extends Place {
  readonly severity: 'error' | 'warning';
  readonly code: 'syntax' | 'placeholder' | 'duplicate-key';
  readonly text: string;
  readonly hint?: string;
}

export class YamlFile {
  readonly text: string;
  /** Undefined when there is nothing; what could be read when there are problems. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
  readonly lines: Lines;

  constructor(text: string, root: YamlNode | undefined, problems: readonly YamlProblem[]) {
    this.text = text;
    this.root = root;
    this.problems = problems;
    this.lines = new Lines(text);
  }

  range({ start, end }: Place): Range {
    return this.lines.range(start, end);
  }
}

/** Never throws: what is wrong is among the problems. */
export function readYaml(text: string): YamlFile {
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false });
  const builder = new Builder(document, text);
  const root = document.contents ? builder.node(document.contents as Node) : undefined;
  const isEmpty = root === undefined || (root.kind === 'scalar' && root.type === 'null');
  const syntax = document.errors.map(({ pos: [start, end], message, code }) => ({
    ...{ start, end, severity: 'error' as const, code: 'syntax' as const },
    ...(code === 'MULTIPLE_DOCS'
      ? {
          end: start + 3,
          text: 'The file holds more than one document.',
          hint: 'Split it at the line ---.',
        }
      : { text: `This is not valid YAML: ${sentence(message)}` }),
  }));
  const broken = [...syntax, ...builder.problems.filter(({ severity }) => severity === 'error')];
  // A template is not YAML yet: its placeholders are told, not what a parser makes of them.
  const placeholders = broken.length > 0 ? placeholdersOf(text).filter(({ quoted }) => !quoted) : [];
  const problems =
    placeholders.length > 0
      ? placeholders.map(problemOfPlaceholder)
      : [...syntax, ...builder.problems].sort((a, b) => a.start - b.start);
  return new YamlFile(text, isEmpty ? undefined : root, problems);
}

export function problemOfPlaceholder({ name, start, end }: Placeholder): YamlProblem {
  return {
    ...{ start, end, severity: 'error', code: 'placeholder' },
    text: `The placeholder {{${name}}} is not filled in: this file is a template.`,
    hint: `Put a value in the place of {{${name}}}.`,
  };
}

function sentence(message: string): string {
  const text = message.split('\n')[0] ?? '';
  return text.endsWith('.') ? text : `${text}.`;
}

/** Of a tree, with aliases put in. More would take a reader’s time for nothing. */
const MOST_NODES = 100_000;

const TAGS: Record<string, ScalarType> = {
  'tag:yaml.org,2002:str': 'string',
  'tag:yaml.org,2002:int': 'integer',
  'tag:yaml.org,2002:float': 'float',
  'tag:yaml.org,2002:bool': 'boolean',
  'tag:yaml.org,2002:null': 'null',
};
const COLLECTIONS = new Set(['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);

class Builder {
  readonly problems: YamlProblem[] = [];
  private nodes = 0;
  /** Nodes around the one that is built: an alias to one of them would be endless. */
  private readonly open = new Set<Node>();

  private readonly document: Document;
  private readonly text: string;

  constructor(document: Document, text: string) {
    this.document = document;
    this.text = text;
  }

  node(node: Node): YamlNode {
    const place = this.placeOf(node);
    this.nodes++;
    if (this.nodes === MOST_NODES)
      this.report(place, 'The file is too large, or its aliases grow without end.');
    if (this.nodes >= MOST_NODES) return nothing(place);
    if (isAlias(node)) return this.alias(node, place);
    if (node.tag !== undefined && !(node.tag in TAGS) && !COLLECTIONS.has(node.tag))
      this.report(place, `The tag ${node.tag} is not known.`);
    this.open.add(node);
    try {
      if (isMap(node)) return { kind: 'map', ...place, entries: this.entries(node.items as Item[]) };
      if (isSeq(node))
        return { kind: 'list', ...place, items: node.items.map((item) => this.node(item as Node)) };
      return isScalar(node) ? this.scalar(node, place) : nothing(place);
    } finally {
      this.open.delete(node);
    }
  }

  private scalar(node: Node & { value: unknown; type?: string; source?: string }, place: Place): YamlScalar {
    const text = String(node.value ?? '');
    const isPlain = node.type === undefined || node.type === 'PLAIN';
    const plain: ScalarValue = isPlain ? plainScalar(text) : { type: 'string', value: text };
    const wanted = node.tag === undefined ? undefined : TAGS[node.tag];
    if (wanted === undefined || wanted === plain.type) return { kind: 'scalar', ...place, ...plain };
    if (wanted === 'string') return { kind: 'scalar', ...place, type: 'string', value: text };
    const asked = plainScalar(text);
    if (asked.type === wanted) return { kind: 'scalar', ...place, ...asked };
    if (wanted === 'float' && asked.type === 'integer')
      return { kind: 'scalar', ...place, type: 'float', value: asked.value };
    this.report(place, `“${text}” does not fit the tag ${node.tag?.split(':').at(-1)}.`);
    return { kind: 'scalar', ...place, ...plain };
  }

  private alias(node: Alias, place: Place): YamlNode {
    const target = node.resolve(this.document);
    if (!target) this.report(place, `There is no anchor &${node.source} before this.`);
    else if (this.open.has(target)) this.report(place, `The anchor &${node.source} holds itself.`);
    else {
      // What it stands for is written elsewhere; problems of it are told where it is used.
      return moved(this.node(target), place);
    }
    return nothing(place);
  }

  private entries(items: readonly Item[]): YamlEntry[] {
    const found = new Map<unknown, YamlEntry>();
    const merged: YamlEntry[] = [];
    for (const { key, value } of items) {
      const name = key ? this.node(key) : undefined;
      if (name?.kind !== 'scalar') {
        this.report(name ?? { start: 0, end: 0 }, 'A key must be a plain value.');
        continue;
      }
      const entry = {
        key: name,
        value: value ? this.node(value) : nothing({ start: name.end, end: name.end }),
      };
      if (name.value === '<<' && name.type === 'string') merged.push(...this.merged(entry.value));
      else {
        if (found.has(name.value))
          this.problems.push({
            ...{ start: name.start, end: name.end, severity: 'warning', code: 'duplicate-key' },
            text: `“${String(name.value)}” is written twice; the last one counts.`,
          });
        found.set(name.value, entry);
      }
    }
    for (const entry of merged) if (!found.has(entry.key.value)) found.set(entry.key.value, entry);
    return [...found.values()];
  }

  /** The entries that `<<` brings. */
  private merged(value: YamlNode): readonly YamlEntry[] {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'list' && value.items.every(({ kind }) => kind === 'map'))
      return value.items.flatMap((item) => this.merged(item));
    this.report(value, '<< takes a mapping, or a list of mappings.');
    return [];
  }

  /** The line break behind a block is no part of it. */
  private placeOf(node: Node): Place {
    const [start, last] = node.range ?? [0, 0];
    let end = last;
    while (end > start && /\s/.test(this.text[end - 1] ?? '')) end--;
    return { start, end };
  }

  private report({ start, end }: Place, text: string): void {
    this.problems.push({ start, end, severity: 'error', code: 'syntax', text });
  }
}

interface Item {
  key: Node | null;
  value: Node | null;
}

function nothing(place: Place): YamlScalar {
  return { kind: 'scalar', start: place.start, end: place.end, type: 'null', value: null };
}

/** The tree as if it were written at one place. */
export function moved(node: YamlNode, { start, end }: Place): YamlNode {
  if (node.kind === 'scalar') return { ...node, start, end };
  if (node.kind === 'list')
    return { ...node, start, end, items: node.items.map((item) => moved(item, { start, end })) };
  const entries = node.entries.map(({ key, value }) => ({
    key: { ...key, start, end },
    value: moved(value, { start, end }),
  }));
  return { ...node, start, end, entries };
}
