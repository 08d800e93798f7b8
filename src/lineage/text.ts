import type { Direction, LineageGraph, LineageNode } from './graph.js';
import { nameIn } from './walk.js';

const NARROWEST = 24;

/**
 * A tree for a terminal: the thing itself, then what it came of, then what came of it. What is shown above already is not
 * unfolded again.
 * @param columns of the terminal; longer lines are cut
 */
export function toText(
  graph: LineageGraph,
  start: string,
  directions: readonly Direction[],
  columns = Infinity,
): string {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const first = nameIn(graph, start);
  const lines = [describe(nodes.get(first), first)];
  for (const direction of directions) {
    const seen = new Set([first]);
    const branch = (at: string, indent: string): void => {
      const next = graph.edges.flatMap(({ from, to }) =>
        direction === 'up' ? (to === at ? [from] : []) : from === at ? [to] : [],
      );
      for (const id of [...new Set(next)].sort(byKind(nodes))) {
        const isNew = !seen.has(id);
        seen.add(id);
        lines.push(`${indent}${describe(nodes.get(id), id)}${isNew ? '' : ' (see above)'}`);
        if (isNew) branch(id, `${indent}  `);
      }
      const left = graph.more[at];
      if (left && next.length > 0) lines.push(`${indent}and ${left} more`);
    };
    lines.push(direction === 'up' ? 'Came of' : 'What came of it');
    const before = lines.length;
    branch(first, '  ');
    if (lines.length === before) lines.push('  nothing that is known');
  }
  const width = Math.max(columns, NARROWEST);
  return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line)).join('\n');
}

/** `resnet (run, finished) 2f81c3d0` */
function describe(node: LineageNode | undefined, id: string): string {
  if (!node) return `${id} (unknown)`;
  const facts = [node.kind, ...(node.detail ? [node.detail] : [])].join(', ');
  return `${node.name} (${facts})`;
}

const byKind = (nodes: ReadonlyMap<string, LineageNode>) => (a: string, b: string) => {
  const key = (id: string) => `${nodes.get(id)?.kind ?? ''}\0${nodes.get(id)?.name ?? id}\0${id}`;
  return key(a) < key(b) ? -1 : 1;
};
