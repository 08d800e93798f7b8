import { parsePlace } from '../../job/data-place.js';
import type { Direction, LineageGraph } from '../../lineage/graph.js';
import { datasetId, readVersioned, schemeOf } from '../../lineage/ids.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { Answer, MOST, placeOfVersion } from './answer.js';

type Look = (answer: Answer, store: Store, id: string) => void;

/** What is one step up or down from these nodes, with the nodes themselves. Ids that mean nothing here are passed over. */
export function neighbours(store: Store, ids: readonly string[], direction: Direction): LineageGraph {
  const answer = new Answer(store);
  for (const id of ids) {
    const [scheme, rest] = schemeOf(id);
    LOOKS[scheme]?.[direction](answer, store, rest);
  }
  return answer.graph();
}

const LOOKS: Partial<Record<string, Record<Direction, Look>>> = {
  file: { up: fileUp, down: fileDown },
  commit: { up: () => undefined, down: commitDown },
  code: { up: codeUp, down: codeDown },
  environment: { up: (answer, _, digest) => answer.environmentOf(digest), down: environmentDown },
  image: { up: () => undefined, down: imageDown },
  data: { up: dataUp, down: dataDown },
  dataset: { up: () => undefined, down: datasetDown },
  job: { up: jobUp, down: jobDown },
  run: { up: runUp, down: runDown },
  logged: { up: loggedUp, down: loggedDown },
  model: { up: versionUp, down: versionDown },
};

/** `runs/ID` and `models/ID`, as the store calls those who have files. */
function ownerOf(owner: string): { kind: string; id: string } {
  const [kind = '', id = ''] = owner.split('/');
  return { kind, id };
}

function fileUp(answer: Answer, store: Store, sha256: string): void {
  const places = store.lineage.placesOf(sha256, MOST);
  const [first] = places.rows;
  if (!first) return;
  const me = answer.file(sha256, first.path);
  answer.each(me, places, ({ owner }) => {
    const { kind, id } = ownerOf(owner);
    const run = kind === 'runs' ? id : store.models.logged(id)?.sourceRunId;
    if (run) answer.edge(answer.run(run), me, 'generated');
  });
}

function fileDown(answer: Answer, store: Store, sha256: string): void {
  const places = store.lineage.placesOf(sha256, MOST);
  const [first] = places.rows;
  if (!first) return;
  const me = answer.file(sha256, first.path);
  answer.each(me, places, ({ owner, path }) => {
    const { kind, id } = ownerOf(owner);
    if (kind !== 'runs') return answer.edge(me, answer.logged(id), 'derived');
    const parts = path.split('/');
    const folders = parts.map((_, n) => `runs:/${id}/${parts.slice(0, n + 1).join('/')}`);
    answer.each(me, store.lineage.dataAt(folders, MOST), ({ name, version }) =>
      answer.edge(me, answer.data(name, version), 'derived'),
    );
    answer.each(me, store.lineage.versionsOfRun(id, MOST), ({ name, version, source }) => {
      const place = placeOfVersion(store, { modelId: '', source });
      if (place?.owner === owner && (path === place.path || path.startsWith(`${place.path}/`)))
        answer.edge(me, answer.version(name, version), 'derived');
    });
  });
}

function commitDown(answer: Answer, store: Store, commit: string): void {
  const trees = store.lineage.treesOn(commit, MOST);
  const runs = store.lineage.runsOn(commit, MOST);
  if (trees.total + runs.total === 0) return;
  const me = answer.commit(commit);
  answer.each(me, trees, ({ tree }) => answer.edge(me, answer.code(tree), 'derived'));
  answer.each(me, runs, ({ id }) => answer.edge(me, answer.run(id), 'used'));
}

function codeUp(answer: Answer, store: Store, tree: string): void {
  const me = answer.code(tree);
  answer.each(me, store.lineage.headsOf(tree, MOST), ({ head }) =>
    answer.edge(answer.commit(head), me, 'derived'),
  );
}

function codeDown(answer: Answer, store: Store, tree: string): void {
  const jobs = store.lineage.jobsOf(tree, MOST);
  if (jobs.total === 0) return;
  const me = answer.code(tree);
  answer.each(me, jobs, ({ id }) => answer.edge(me, answer.job(id), 'used'));
}

function environmentDown(answer: Answer, store: Store, digest: string): void {
  const me = answer.environmentOf(digest);
  if (me === undefined) return;
  const jobs = store.environments
    .withDigest(digest)
    .flatMap(({ name, version }) => store.environments.runsIn(name, version));
  answer.each(me, { rows: jobs.slice(0, MOST), total: jobs.length }, (id) =>
    answer.edge(me, answer.job(id), 'used'),
  );
}

function imageDown(answer: Answer, store: Store, image: string): void {
  const jobs = store.lineage.jobsIn(image, MOST);
  if (jobs.total === 0) return;
  const me = answer.image(image);
  answer.each(me, jobs, ({ id }) => answer.edge(me, answer.job(id), 'used'));
}

function dataUp(answer: Answer, store: Store, rest: string): void {
  const asset = assetOf(store, rest);
  const me = asset && answer.data(asset.name, asset.version);
  if (!asset || me === undefined) return;
  if (asset.runId !== undefined) answer.edge(answer.run(asset.runId), me, 'generated');
  const place = parsePlace(asset.path);
  if (place?.kind !== 'run') return;
  answer.each(me, store.lineage.filesOf(`runs/${place.runId}`, place.path, MOST), ({ sha256, path }) =>
    answer.edge(answer.file(sha256, path), me, 'derived'),
  );
}

function dataDown(answer: Answer, store: Store, rest: string): void {
  const asset = assetOf(store, rest);
  const me = asset && answer.data(asset.name, asset.version);
  if (!asset || me === undefined) return;
  const jobs = store.lineage.jobsReading([`azureml:${asset.name}:${asset.version}`], false, MOST);
  answer.each(me, jobs, ({ id }) => answer.edge(me, answer.job(id), 'used'));
}

function assetOf(store: Store, rest: string) {
  const reference = readVersioned(rest);
  return reference && store.data.get(reference.name, reference.version);
}

function datasetDown(answer: Answer, store: Store, rest: string): void {
  const reference = readVersioned(rest);
  if (!reference) return;
  const { name, version: digest } = reference;
  const runs = store.lineage.readersOf(name, digest, MOST);
  if (runs.total === 0) return;
  const source = store.runs
    .full(runs.rows[0]?.id ?? '')
    ?.datasets.find((one) => one.digest === digest)?.source;
  const me = answer.dataset(datasetId(name, digest), name, source ?? digest);
  answer.each(me, runs, ({ id }) => answer.edge(me, answer.run(id), 'used'));
}

function jobUp(answer: Answer, store: Store, id: string): void {
  const job = store.jobs.get(id);
  const me = answer.job(id);
  if (!job || me === undefined) return;
  if (job.snapshot) answer.edge(answer.code(job.snapshot.tree, job.spec.script), me, 'used');
  const { environment, inputs = {} } = job.spec;
  if (environment?.kind === 'asset')
    answer.edge(answer.environment(environment.name, environment.version), me, 'used');
  if (environment?.kind === 'image') answer.edge(answer.image(environment.image), me, 'used');
  for (const input of Object.values(inputs)) answer.edge(inputOf(answer, input), me, 'used');
}

/** What an input leads to. Other places have no name in the store; runs name them as data once they were read. */
function inputOf(
  answer: Answer,
  { type, path }: NonNullable<JobRecord['spec']['inputs']>[string],
): string | undefined {
  const place = parsePlace(path);
  if (place?.kind === 'run') return answer.run(place.runId);
  if (place?.kind === 'model' && !('version' in place.version)) return answer.logged(place.name);
  if ((place?.kind !== 'asset' && place?.kind !== 'model') || !('version' in place.version)) return undefined;
  const { version } = place.version;
  return place.kind === 'model' || type.endsWith('_model')
    ? answer.version(place.name, Number(version))
    : answer.data(place.name, version);
}

function jobDown(answer: Answer, store: Store, id: string): void {
  const me = answer.job(id);
  if (me === undefined) return;
  answer.edge(me, answer.run(id), 'started');
  for (const run of store.runs.ofJob(id)) answer.edge(me, answer.run(run.id), 'started');
}

function runUp(answer: Answer, store: Store, id: string): void {
  const run = store.runs.full(id);
  const me = answer.run(id);
  if (!run || me === undefined) return;
  const job = store.jobs.ofRun(id);
  if (job) answer.edge(answer.job(job.runId), me, 'started');
  const commit = run.tags['mlflow.source.git.commit'];
  if (!job && commit) answer.edge(answer.commit(commit), me, 'used');
  const declared = new Set(Object.values(job?.spec.inputs ?? {}).map(({ path }) => path));
  for (const { name, digest, source, profile } of run.datasets) {
    // Data of the workspace that the job declared: it leads to the job.
    const input = /^\{"input":"(azureml:[^"]+)"/.exec(profile ?? '')?.[1];
    if (input === undefined || !declared.has(input))
      answer.edge(answer.dataset(datasetId(name, digest), name, source), me, 'used');
  }
  for (const model of run.modelInputs) answer.edge(answer.logged(model), me, 'used');
}

function runDown(answer: Answer, store: Store, id: string): void {
  const me = answer.run(id);
  if (me === undefined) return;
  const { lineage } = store;
  answer.each(me, lineage.filesOf(`runs/${id}`, '', MOST), ({ sha256, path }) =>
    answer.edge(me, answer.file(sha256, path), 'generated'),
  );
  answer.each(me, lineage.dataOf(id, MOST), ({ name, version }) =>
    answer.edge(me, answer.data(name, version), 'generated'),
  );
  answer.each(me, lineage.modelsOf(id, MOST), ({ id: model }) =>
    answer.edge(me, answer.logged(model), 'generated'),
  );
  answer.each(me, lineage.versionsOfRun(id, MOST), ({ name, version }) =>
    answer.edge(me, answer.version(name, version), 'generated'),
  );
}

function loggedUp(answer: Answer, store: Store, id: string): void {
  const me = answer.logged(id);
  if (me === undefined) return;
  const source = store.models.logged(id)?.sourceRunId;
  if (source) answer.edge(answer.run(source), me, 'generated');
  answer.each(me, store.lineage.runsOfModel(id, 'output', MOST), ({ id: run }) =>
    answer.edge(answer.run(run), me, 'generated'),
  );
  answer.each(me, store.lineage.filesOf(`models/${id}`, '', MOST), ({ sha256, path }) =>
    answer.edge(answer.file(sha256, path), me, 'derived'),
  );
}

function loggedDown(answer: Answer, store: Store, id: string): void {
  const me = answer.logged(id);
  if (me === undefined) return;
  answer.each(me, store.lineage.versionsOfModel(id, MOST), ({ name, version }) =>
    answer.edge(me, answer.version(name, version), 'derived'),
  );
  answer.each(me, store.lineage.runsOfModel(id, 'input', MOST), ({ id: run }) =>
    answer.edge(me, answer.run(run), 'used'),
  );
}

function versionUp(answer: Answer, store: Store, rest: string): void {
  const reference = readVersioned(rest);
  const version = reference && store.models.version(reference.name, Number(reference.version));
  const me = version && answer.version(version.name, version.version);
  if (!version || me === undefined) return;
  if (version.modelId !== '') return answer.edge(answer.logged(version.modelId), me, 'derived');
  if (version.runId !== '') answer.edge(answer.run(version.runId), me, 'generated');
  const place = placeOfVersion(store, version);
  if (place)
    answer.each(me, store.lineage.filesOf(place.owner, place.path, MOST), ({ sha256, path }) =>
      answer.edge(answer.file(sha256, path), me, 'derived'),
    );
}

function versionDown(answer: Answer, store: Store, rest: string): void {
  const reference = readVersioned(rest);
  const me = reference && answer.version(reference.name, Number(reference.version));
  if (!reference || me === undefined) return;
  const { name, version } = reference;
  const paths = [`azureml:${name}:${version}`, `models:/${name}/${version}`];
  answer.each(me, store.lineage.jobsReading(paths, true, MOST), ({ id }) =>
    answer.edge(me, answer.job(id), 'used'),
  );
}
