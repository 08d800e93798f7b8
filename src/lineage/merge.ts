import type { LineageEdge, LineageGraph, LineageNode } from './graph.js';

/**
 * Several answers as one graph. Nodes with a common id, such as one of their content, are one: the smallest id stays, the
 * others are in `also`. The order of the graphs does not matter, and a graph merged with itself is itself.
 */
export function merge(...graphs: readonly LineageGraph[]): LineageGraph {
  const groups = new Groups();
  const nodes = graphs.flatMap((graph) => graph.nodes);
  for (const node of nodes) for (const id of node.also ?? []) groups.join(node.id, id);
  const found = new Map<string, LineageNode[]>();
  for (const node of nodes) {
    const group = groups.of(node.id);
    found.set(group, [...(found.get(group) ?? []), node]);
  }
  const united = [...found.values()].map(unite).sort((a, b) => (a.id < b.id ? -1 : 1));
  const names = new Map(united.flatMap(({ id, also = [] }) => [id, ...also].map((name) => [name, id])));
  const nameOf = (id: string) => names.get(id) ?? id;

  const edges = new Map<string, LineageEdge>();
  const more: Record<string, number> = {};
  for (const graph of graphs) {
    for (const { from, to, relation } of graph.edges) {
      const edge = { from: nameOf(from), to: nameOf(to), relation };
      if (edge.from !== edge.to) edges.set(JSON.stringify([edge.from, edge.to, relation]), edge);
    }
    for (const [id, count] of Object.entries(graph.more))
      more[nameOf(id)] = Math.max(more[nameOf(id)] ?? 0, count);
  }
  const order = [...edges].sort(([a], [b]) => (a < b ? -1 : 1));
  return { nodes: united, edges: order.map(([, edge]) => edge), more };
}

/** The same graph with other ids. */
export function mapIds({ nodes, edges, more }: LineageGraph, to: (id: string) => string): LineageGraph {
  return {
    nodes: nodes.map((node) => ({
      ...node,
      id: to(node.id),
      ...(node.also && { also: node.also.map(to).sort() }),
    })),
    edges: edges.map((edge) => ({ ...edge, from: to(edge.from), to: to(edge.to) })),
    more: Object.fromEntries(Object.entries(more).map(([id, count]) => [to(id), count])),
  };
}

function unite(nodes: readonly LineageNode[]): LineageNode {
  const [id = '', ...also] = [...new Set(nodes.flatMap((node) => [node.id, ...(node.also ?? [])]))].sort();
  const least = (key: 'kind' | 'name' | 'detail') => nodes.flatMap((node) => node[key] ?? []).sort()[0];
  const detail = least('detail');
  return {
    id,
    kind: least('kind') ?? '',
    name: least('name') ?? id,
    ...(detail !== undefined && { detail }),
    ...(also.length > 0 && { also }),
  };
}

/** Which names belong together: a union-find. */
class Groups {
  readonly #parents = new Map<string, string>();

  of(name: string): string {
    let root = name;
    for (let up = this.#parents.get(root); up !== undefined; up = this.#parents.get(root)) root = up;
    if (root !== name) this.#parents.set(name, root);
    return root;
  }

  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== other) this.#parents.set(one, other);
  }
}
