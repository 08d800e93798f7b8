/** What made what, in the sense of W3C PROV. All edges lead downstream: from what was there first to what came of it. */

/** What this version knows; graphs of later versions and of others may have more. */
export const NODE_KINDS = [
  'commit',
  'code',
  'data',
  'environment',
  'job',
  'run',
  'logged model',
  'model version',
  'file',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** `used`: to an activity; `started`: from a job to its run; `generated`: from an activity; `derived`: between things. */
export type Relation = 'used' | 'started' | 'generated' | 'derived';

export interface LineageNode {
  /** `SCHEME:REST`, see ids.ts. The same thing may have several, which `also` names. */
  id: string;
  /** A `NodeKind`, or one that this version does not know. */
  kind: string;
  /** For people. */
  name: string;
  /** One more fact for people, e.g. the state of a run. */
  detail?: string;
  /** Other ids of it, sorted, such as one that follows from its content; absent: none. */
  also?: string[];
}

export interface LineageEdge {
  /** Id of the node upstream. */
  from: string;
  /** Id of the node downstream. */
  to: string;
  /** A `Relation`, or one that this version does not know. */
  relation: string;
}

export interface LineageGraph {
  nodes: LineageNode[];
  edges: LineageEdge[];
  /** By the id of a node, how many of its neighbours were left out because there are too many. */
  more: Record<string, number>;
}

export type Direction = 'up' | 'down';

export const EMPTY: LineageGraph = { nodes: [], edges: [], more: {} };

/** Activities happen, all else are things. */
export const isActivity = ({ kind }: Pick<LineageNode, 'kind'>) => kind === 'job' || kind === 'run';
