import { LOCAL_ID, parseRunKey, type RunKey, type RunRef, shortKey } from '../../workspace/run-ref.js';

/** Addresses of runs, read from text. Pure. */

/** Ids as the server takes them. */
const RUN_ID = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,255}$/;
const WORKSPACE_ID = /^[a-zA-Z0-9._-]{1,100}$/;
/** What one link may name: as many as a person can tell apart. */
const MOST_RUNS = 100;

export interface LinkTarget {
  show: 'run' | 'charts' | 'compare';
  runIds: RunKey[];
}

/**
 * What a link to the editor (`vscode://trainyard.trainyard/…`) leads to: `/run/<id>?workspace=<id>`,
 * `/charts?runs=<run>,<run>` or `/compare?runs=<run>,<run>`, where a run is `<workspace>/<id>`. Without a workspace it is one
 * of this computer. Undefined for anything else: links come from anywhere.
 */
export function targetOf({ path, query }: { path: string; query: string }): LinkTarget | undefined {
  const [, show, id, ...rest] = path.split('/');
  const asked = new URLSearchParams(query);
  if (show === 'run') {
    const workspace = asked.get('workspace') ?? LOCAL_ID;
    const key = id === undefined || rest.length > 0 ? undefined : keyOf({ workspace, run: id });
    return key === undefined ? undefined : { show, runIds: [key] };
  }
  if ((show !== 'charts' && show !== 'compare') || id !== undefined) return undefined;
  const keys = (asked.get('runs') ?? '').split(',').map((named) => keyOf(parseRunKey(named)));
  if (keys.includes(undefined)) return undefined;
  const runIds = [...new Set(keys as RunKey[])];
  const fewest = show === 'compare' ? 2 : 1;
  return runIds.length < fewest || runIds.length > MOST_RUNS ? undefined : { show, runIds };
}

function keyOf(ref: RunRef): RunKey | undefined {
  return WORKSPACE_ID.test(ref.workspace) && RUN_ID.test(ref.run) ? shortKey(ref) : undefined;
}

export interface FoundAddress {
  /** Where it stands in the line. */
  start: number;
  length: number;
  experimentId?: string;
  runId?: string;
  /** Of the server, when the address names one of this machine. */
  port?: number;
}

/** As MLflow's client prints them at the end of a run. */
const PAGE = /https?:\/\/([\w.-]+)(?::(\d{1,5}))?\/#\/experiments\/(\d+)(?:\/runs\/([0-9a-f]{32}))?/g;
const LOOPBACK = /^(127\.0\.0\.1|localhost)$/;
/** Where a job in a container reaches the server of this machine. */
const AROUND =
  /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\.[\d.]+$|^host\.(docker|containers)\.internal$/;
/** As `trainyard submit` and many scripts print them. */
const BARE_ID = /(?<![0-9a-zA-Z_/-])[0-9a-f]{32}(?![0-9a-zA-Z_-])/g;

/**
 * Pages of runs and experiments, and what looks like the id of a run. A page of another host counts when it is of a run, or when
 * containers of this machine may know the server by that host.
 */
export function findAddresses(line: string): FoundAddress[] {
  const pages = [...line.matchAll(PAGE)].flatMap(
    ({ index: start, 0: { length }, 1: host = '', 2: port, 3: experimentId, 4: runId }) => {
      const isHere = LOOPBACK.test(host);
      if (!isHere && runId === undefined && !AROUND.test(host)) return [];
      return [
        {
          ...{ start, length },
          ...(isHere && port !== undefined && { port: Number(port) }),
          ...(experimentId && { experimentId }),
          ...(runId && { runId }),
        },
      ];
    },
  );
  const bare = [...line.matchAll(BARE_ID)].map(({ index: start, 0: runId }) => ({
    start,
    length: runId.length,
    runId,
  }));
  return [...pages, ...bare];
}
