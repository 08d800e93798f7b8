import type { Direction, LineageGraph } from '../../lineage/graph.js';
import { scoped, unscoped } from '../../lineage/ids.js';
import { mapIds } from '../../lineage/merge.js';
import type { Lineage } from '../workspace.js';
import { type Connection, json } from './connection.js';

/** Ids that one request names. */
const AT_ONCE = 500;

/** The lineage of the local server, which does not know what its workspace is called: ids get that here. */
export class LocalLineage implements Lineage {
  private readonly connection: Connection;
  /** Id of the workspace. */
  private readonly workspace: string;

  constructor(connection: Connection, workspace: string) {
    this.connection = connection;
    this.workspace = workspace;
  }

  async neighbours(
    ids: readonly string[],
    direction: Direction,
    signal?: AbortSignal,
  ): Promise<LineageGraph> {
    const own = ids.flatMap((id) => unscoped(id, this.workspace) ?? []);
    const found: LineageGraph = { nodes: [], edges: [], more: {} };
    for (let at = 0; at < own.length; at += AT_ONCE) {
      const body = { ids: own.slice(at, at + AT_ONCE), direction };
      const call = { method: 'POST', body, signal, repeatable: true } as const;
      const answer = await this.connection.send('/lineage', call, json<LineageGraph>);
      found.nodes.push(...answer.nodes);
      found.edges.push(...answer.edges);
      Object.assign(found.more, answer.more);
    }
    return mapIds(found, (id) => scoped(id, this.workspace));
  }
}
