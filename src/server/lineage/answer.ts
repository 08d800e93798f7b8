import type { LineageGraph, LineageNode, Relation } from '../../lineage/graph.js';
import {
  codeId,
  commitId,
  dataId,
  environmentId,
  fileId,
  imageId,
  jobId,
  loggedModelId,
  modelContentId,
  runId,
  versionId,
} from '../../lineage/ids.js';
import { findArtifact } from '../mlflow/paths.js';
import { keptPath } from '../mlflow/sources.js';
import type { Some } from '../store/lineage.js';
import type { ModelVersionRecord } from '../store/registry.js';
import type { Store } from '../store/store.js';

/** Neighbours of one node in one relation at most; the others are counted. */
export const MOST = 100;
const SHORT = 10;

/** An answer that grows: nodes by their ids, and edges to the node that was asked about. */
export class Answer {
  private readonly nodes = new Map<string, LineageNode>();
  private readonly edges: LineageGraph['edges'] = [];
  private readonly more: Record<string, number> = {};
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  graph(): LineageGraph {
    return { nodes: [...this.nodes.values()], edges: this.edges, more: this.more };
  }

  edge(from: string | undefined, to: string | undefined, relation: Relation): void {
    if (from !== undefined && to !== undefined) this.edges.push({ from, to, relation });
  }

  /** An edge for each row. @param at the node that the others are counted at */
  each<T>(at: string, { rows, total }: Some<T>, add: (row: T) => void): void {
    for (const row of rows) add(row);
    if (total > rows.length) this.more[at] = (this.more[at] ?? 0) + total - rows.length;
  }

  /** @returns its id; undefined: there is none (here and below) */
  run(id: string): string | undefined {
    const run = this.store.runs.get(id);
    if (!run) return undefined;
    const deleted = run.lifecycle === 'deleted' ? ', deleted' : '';
    return this.add({
      id: runId(id),
      kind: 'run',
      name: run.name,
      detail: `${run.status}${deleted}, ${id.slice(0, SHORT)}`,
    });
  }

  job(id: string): string | undefined {
    const job = this.store.jobs.get(id);
    if (!job) return undefined;
    const name = this.store.runs.get(id)?.name ?? id.slice(0, SHORT);
    return this.add({ id: jobId(id), kind: 'job', name, detail: `${job.state} on ${job.spec.target}` });
  }

  code(tree: string, script?: string): string {
    return this.add({
      id: codeId(tree),
      kind: 'code',
      name: script ?? tree.slice(0, SHORT),
      ...(script !== undefined && { detail: tree.slice(0, SHORT) }),
    });
  }

  commit(commit: string): string {
    return this.add({ id: commitId(commit), kind: 'commit', name: commit.slice(0, SHORT) });
  }

  environment(name: string, version: string): string | undefined {
    const found = this.store.environments.get(name, version);
    return found && this.environmentOf(found.digest);
  }

  environmentOf(digest: string): string | undefined {
    const [name, ...others] = this.store.environments.named(digest);
    if (name === undefined) return undefined;
    const detail = others.length > 0 && `also ${others.join(', ')}`;
    return this.add({ id: environmentId(digest), kind: 'environment', name, ...(detail && { detail }) });
  }

  image(image: string): string {
    return this.add({ id: imageId(image), kind: 'environment', name: image, detail: 'image' });
  }

  data(name: string, version: string): string | undefined {
    const asset = this.store.data.get(name, version);
    if (!asset) return undefined;
    return this.add({
      id: dataId(name, version),
      kind: 'data',
      name: `${name}:${version}`,
      detail: asset.path,
    });
  }

  dataset(id: string, name: string, source: string): string {
    return this.add({ id, kind: 'data', name, detail: source });
  }

  file(sha256: string, path: string): string {
    return this.add({ id: fileId(sha256), kind: 'file', name: path });
  }

  logged(id: string): string | undefined {
    const model = this.store.models.logged(id);
    if (!model) return undefined;
    const detail = model.lifecycle === 'deleted' ? `deleted, ${id}` : id;
    return this.add({ id: loggedModelId(id), kind: 'logged model', name: model.name, detail });
  }

  version(name: string, number: number): string | undefined {
    const found = this.store.models.version(name, number);
    if (!found) return undefined;
    const description = placeOfVersion(this.store, found);
    const file =
      description && this.store.artifacts.stat(description.owner, below(description.path, 'MLmodel'));
    return this.add({
      id: versionId(name, String(number)),
      kind: 'model version',
      name: `${name} ${number}`,
      ...(found.aliases.length > 0 && { detail: found.aliases.map((alias) => `@${alias}`).join(' ') }),
      ...(file && { also: [modelContentId(file.sha256)] }),
    });
  }

  private add(node: LineageNode): string {
    // What was said first has the most to say: a path of a file, a script of a code.
    if (!this.nodes.has(node.id)) this.nodes.set(node.id, node);
    return node.id;
  }
}

/** Where the files of a version are in the store; undefined: elsewhere. */
export function placeOfVersion(
  store: Store,
  { modelId, source }: Pick<ModelVersionRecord, 'modelId' | 'source'>,
): { owner: string; path: string } | undefined {
  if (modelId !== '') return { owner: `models/${modelId}`, path: '' };
  const kept = keptPath(source);
  return kept === undefined ? undefined : findArtifact(store, kept);
}

const below = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);
