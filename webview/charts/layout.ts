import { compareNames } from '../../src/base/order.js';
import { isCombined, metricsOf, titleOf } from './chart-id.js';
import { t } from '../shared/l10n.js';

/** Charts of metrics that share the prefix before the first `/`. */
export interface Section {
  /** '' for metrics without a prefix. */
  prefix: string;
  title: string;
  /** Ids of charts: metrics, and lists of them. */
  keys: string[];
  /** Whether it starts closed. */
  collapsed: boolean;
}

/** Metrics of the machine, sampled by Trainyard and MLflow. */
const SYSTEM = 'system';
// layer2 before layer10

/** No metric can have it. */
export const PINNED = '/pinned';

type Order = Readonly<Record<string, readonly string[]>>;

/** Sections by name: pinned first, then metrics without a prefix, the machine's last. */
export function sectionsOf(
  keys: ReadonlySet<string>,
  pinned: readonly string[] = [],
  orders: Order = {},
): Section[] {
  const first = pinned.filter((id) => metricsOf(id).some((metric) => keys.has(metric)));
  const rest = sectionsByPrefix(
    [...keys].filter((key) => !first.includes(key)),
    orders,
  );
  return first.length === 0
    ? rest
    : [{ prefix: PINNED, title: t('Pinned'), keys: first, collapsed: false }, ...rest];
}

function sectionsByPrefix(keys: Iterable<string>, orders: Order): Section[] {
  const byPrefix = new Map<string, string[]>();
  for (const key of keys) {
    const prefix = prefixOf(key);
    const members = byPrefix.get(prefix);
    if (members) members.push(key);
    else byPrefix.set(prefix, [key]);
  }
  const rank = (prefix: string) => (prefix === '' ? 0 : prefix === SYSTEM ? 2 : 1);
  return [...byPrefix]
    .sort(([a], [b]) => rank(a) - rank(b) || compareNames(a, b))
    .map(([prefix, members]) => ({
      prefix,
      title: prefix === '' ? t('Metrics') : prefix,
      keys: inOrder(members, Object.hasOwn(orders, prefix) ? orders[prefix]! : []),
      collapsed: prefix === SYSTEM,
    }));
}

/** In the order a person chose; the others follow by name. */
function inOrder(keys: string[], own: readonly string[]): string[] {
  const place = new Map(own.map((key, at) => [key, at]));
  const at = (key: string) => place.get(key) ?? own.length;
  return keys.sort((a, b) => at(a) - at(b) || compareNames(a, b));
}

/** A list with one of its members put before another, or at the end. */
export function moved(keys: readonly string[], key: string, before: string | null): string[] {
  if (key === before) return [...keys];
  const others = keys.filter((other) => other !== key);
  const at = before === null ? -1 : others.indexOf(before);
  return others.toSpliced(at < 0 ? others.length : at, 0, key);
}

/** Whether it is a metric of the machine rather than of the script. */
export function isOfMachine(metric: string): boolean {
  return prefixOf(metric) === SYSTEM;
}

function prefixOf(key: string): string {
  const slash = key.indexOf('/');
  return slash > 0 ? key.slice(0, slash) : '';
}

/** The name of a metric inside its section. */
export function shortName(key: string): string {
  return key.slice(prefixOf(key).length).replace(/^\//, '') || key;
}

/** The name of a chart inside its section; several metrics have none in common. */
export function headingOf(chartId: string): string {
  return isCombined(chartId) ? titleOf(chartId) : shortName(chartId);
}

export interface Search {
  matches(key: string): boolean;
  /** Why the search is invalid; it then matches everything. */
  problem?: string;
}

/** `/…/` is a regular expression; otherwise every word must be in the name. Upper and lower case are alike. */
export function parseSearch(text: string): Search {
  const pattern = /^\/(.+?)\/?$/.exec(text.trim())?.[1];
  if (pattern !== undefined) {
    try {
      const regexp = new RegExp(pattern, 'i');
      return { matches: (key) => regexp.test(key) };
    } catch (error) {
      return { matches: () => true, problem: error instanceof Error ? error.message : String(error) };
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return { matches: (key) => words.every((word) => key.toLowerCase().includes(word)) };
}
