import type { YamlNode } from './yaml.js';

/** The value that a tree stands for, without places. */
export function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [String(key.value), plain(value)]));
}
