/**
 * Ids of nodes: `SCHEME:REST`. Those of what is the same everywhere follow from its content or are unique by themselves;
 * those of what a workspace names have the workspace in front: `run:local/2f81…`. A workspace may leave that out in its own
 * protocol (`scoped`, `unscoped`).
 */
export const fileId = (sha256: string) => `file:${sha256}`;
export const commitId = (commit: string) => `commit:${commit}`;
/** The hash of a git tree: exactly the code that ran. */
export const codeId = (tree: string) => `code:${tree}`;
/** By the digest of its definition. */
export const environmentId = (digest: string) => `environment:${digest}`;
/** By its name with registry and tag or digest. */
export const imageId = (image: string) => `image:${image}`;
/** Data as `mlflow.log_input` tells it. */
export const datasetId = (name: string, digest: string) => `dataset:${encodeURIComponent(name)}:${digest}`;
/** `m-…` */
export const loggedModelId = (id: string) => `logged:${id}`;
export const runId = (id: string) => `run:${id}`;
export const jobId = (id: string) => `job:${id}`;
export const dataId = (name: string, version: string) => `data:${encodeURIComponent(name)}:${version}`;
export const versionId = (name: string, version: string) => `model:${encodeURIComponent(name)}:${version}`;

/** What a version of a model is made of, by the SHA-256 of its `MLmodel`, which names its training: the same wherever it is registered. */
export const modelContentId = (sha256: string) => `mlmodel:${sha256}`;

const OF_A_WORKSPACE = new Set(['run', 'job', 'data', 'model']);

export function schemeOf(id: string): [scheme: string, rest: string] {
  const colon = id.indexOf(':');
  return colon < 0 ? ['', id] : [id.slice(0, colon), id.slice(colon + 1)];
}

/** `NAME:VERSION` as `dataId`, `versionId` and `datasetId` have it; undefined for anything else. */
export function readVersioned(rest: string): { name: string; version: string } | undefined {
  const colon = rest.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { name: decodeURIComponent(rest.slice(0, colon)), version: rest.slice(colon + 1) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}

/** An id of a workspace as it is known outside. */
export function scoped(id: string, workspace: string): string {
  const [scheme, rest] = schemeOf(id);
  return OF_A_WORKSPACE.has(scheme) ? `${scheme}:${encodeURIComponent(workspace)}/${rest}` : id;
}

/** An id as the workspace knows it; undefined when it is one of another workspace. */
export function unscoped(id: string, workspace: string): string | undefined {
  const [scheme, rest] = schemeOf(id);
  if (!OF_A_WORKSPACE.has(scheme)) return id;
  const prefix = `${encodeURIComponent(workspace)}/`;
  return rest.startsWith(prefix) ? `${scheme}:${rest.slice(prefix.length)}` : undefined;
}
