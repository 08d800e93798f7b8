import { type Direction, EMPTY, type LineageEdge, type LineageGraph } from './graph.js';
import { merge } from './merge.js';

export interface Walk {
  directions: readonly Direction[];
  /** Steps from the start. */
  depth: number;
  /** Nodes at most, with the start. */
  limit: number;
}

/** Other ends of the edges of each node, as one walks. */
function steps(edges: readonly LineageEdge[], direction: Direction): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [at, next] = direction === 'up' ? [to, from] : [from, to];
    const list = found.get(at);
    if (list) list.push(next);
    else found.set(at, [next]);
  }
  return found;
}

/** The id that a graph knows a thing by. */
export function nameIn({ nodes }: LineageGraph, id: string): string {
  return nodes.find((node) => node.id === id || node.also?.includes(id))?.id ?? id;
}

/**
 * What is around a node: what it came of, what came of it, or both, but not what else came of the same. Nodes beyond the limit
 * are counted in `more` of the node that they are next to. Cycles end where they began.
 */
export function neighbourhood(
  graph: LineageGraph,
  start: string,
  { directions, depth, limit }: Walk,
): LineageGraph {
  const first = nameIn(graph, start);
  const kept = new Set([first]);
  const more = new Map(Object.entries(graph.more));
  const edges = new Set<LineageEdge>();
  for (const direction of directions) {
    const next = steps(graph.edges, direction);
    const here = new Set([first]);
    let front = [first];
    for (let n = 0; n < depth && front.length > 0; n++) {
      const reached: string[] = [];
      for (const at of front)
        for (const id of new Set(next.get(at))) {
          if (here.has(id)) continue;
          if (!kept.has(id) && kept.size >= limit) {
            more.set(at, (more.get(at) ?? 0) + 1);
            continue;
          }
          kept.add(id);
          here.add(id);
          reached.push(id);
        }
      front = reached;
    }
    for (const edge of graph.edges) if (here.has(edge.from) && here.has(edge.to)) edges.add(edge);
  }
  return {
    nodes: graph.nodes.filter(({ id }) => kept.has(id)),
    edges: [...edges],
    more: Object.fromEntries([...more].filter(([id]) => kept.has(id))),
  };
}

/** A shortest way between two nodes, in whichever direction its edges lead: ids with both ends. undefined: there is none. */
export function pathBetween(graph: LineageGraph, a: string, b: string): string[] | undefined {
  const [start, end] = [nameIn(graph, a), nameIn(graph, b)];
  const up = steps(graph.edges, 'up');
  const down = steps(graph.edges, 'down');
  const before = new Map<string, string | undefined>([[start, undefined]]);
  // A Map visits what is added while it is walked.
  for (const at of before.keys()) {
    if (at === end) break;
    for (const id of [...(up.get(at) ?? []), ...(down.get(at) ?? [])])
      if (!before.has(id)) before.set(id, at);
  }
  if (!before.has(end)) return undefined;
  const path: string[] = [];
  for (let at: string | undefined = end; at !== undefined; at = before.get(at)) path.unshift(at);
  return path;
}

/** Asks workspaces for the neighbours of some nodes; ids that they do not know are passed over. */
export type Ask = (ids: readonly string[], direction: Direction) => Promise<LineageGraph>;

/** The neighbourhood of a node, asked for step by step. */
export async function gather(ask: Ask, start: string, walk: Walk): Promise<LineageGraph> {
  let graph = EMPTY;
  for (const direction of walk.directions) {
    const asked = new Set<string>();
    for (let depth = 0; depth <= walk.depth; depth++) {
      const around = neighbourhood(graph, start, { ...walk, directions: [direction], depth });
      const known = around.nodes.flatMap(({ id, also = [] }) => [id, ...also]);
      const front = [start, ...known].filter((id) => !asked.has(id));
      const fresh = [...new Set(front)];
      if (fresh.length === 0 || depth === walk.depth) break;
      for (const id of fresh) asked.add(id);
      graph = merge(graph, await ask(fresh, direction));
    }
  }
  return neighbourhood(graph, start, walk);
}
