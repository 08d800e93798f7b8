import path from 'node:path';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { formatShare } from '../../base/format.js';
import { isAssetName, isVersion } from '../../job/data-place.js';
import type { DataOutput, JobSpec } from '../../job/spec.js';
import { requireSecret } from '../datastores/open.js';
import { type Upload, upload } from '../datastores/upload.js';
import { problemOfModelName } from '../models/name.js';
import { newVersion } from '../models/new-version.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { copyTo } from './copy-output.js';
import { KeptSource } from './kept-source.js';
import type { Places } from './locate.js';
import { outputPlace } from './output-place.js';

type Job = Pick<JobRecord, 'runId' | 'spec'>;

const isModel = ({ type }: Pick<DataOutput, 'type'>) => type.endsWith('_model');

/** The tag of a run that says where its output of this name is besides. */
const tagOf = (key: string) => `trainyard.output.${key}`;

/**
 * Before anything is kept of a job.
 * @throws BAD_REQUEST for a name, version or path that no output can have | CONFLICT | NOT_FOUND, UNAUTHENTICATED (datastore)
 */
export function checkOutputs(places: Places, { outputs = {} }: JobSpec): void {
  const { store } = places;
  for (const [key, output] of Object.entries(outputs)) {
    const { name, version, path: to } = output;
    if (name === undefined && version !== undefined)
      throw refused(key, 'has a version but no name.', 'Give the name to register it under.');
    if (name !== undefined && (isModel(output) ? problemOfModelName(name) !== undefined : !isAssetName(name)))
      throw refused(key, `cannot be registered as “${name}”.`, 'Choose another name.');
    if (version !== undefined && (isModel(output) ? !/^\d{1,9}$/.test(version) : !isVersion(version)))
      throw refused(key, `cannot be registered as version “${version}”.`, 'Choose another version.');
    if (name !== undefined && version !== undefined && isTaken(store, name, output, version))
      throw new TrainyardError('CONFLICT', `The output ${key}: ${name}:${version} already exists.`, {
        hint: 'Versions never change. Choose another version, or none for the next number.',
      });
    if (to) checkPlace(places, key, to);
  }
}

function checkPlace({ store, secrets }: Places, key: string, to: string): void {
  const place = outputPlace(to, 'run', key);
  if (!place)
    throw refused(
      key,
      `cannot be copied to ${to}.`,
      'Give an absolute path, or azureml://datastores/NAME/paths/PATH.',
    );
  if (place.kind === 'datastore') requireSecret(store.datastores.require(place.datastore), secrets);
}

export interface KeptOutputs {
  /** A sentence on each output that could not be registered or copied. */
  problems: string[];
  /** Why some of it has to be tried again: a datastore cannot be reached. */
  again?: string;
}

/**
 * Registers and copies what a job has written that finished. May be done again: what is there already stays.
 * @param tell gets how far it is, for people
 * @throws the reason of `signal`
 */
export async function keepOutputs(
  places: Places,
  job: Job,
  { signal, tell }: { signal: AbortSignal; tell: (words: string) => void },
): Promise<KeptOutputs> {
  const problems: string[] = [];
  let again: string | undefined;
  for (const [key, output] of Object.entries(job.spec.outputs ?? {})) {
    if (output.name === undefined && !output.path) continue;
    try {
      await keepOutput(places, job, key, output, { signal, tell });
    } catch (error) {
      signal.throwIfAborted();
      const sentence = `The output ${key}: ${messageOf(error)}`;
      if (TrainyardError.is(error, 'TARGET_UNREACHABLE')) again ??= sentence;
      else problems.push(sentence);
    }
  }
  return { problems, ...(again !== undefined && { again }) };
}

async function keepOutput(
  places: Places,
  job: Job,
  key: string,
  output: DataOutput,
  { signal, tell }: { signal: AbortSignal; tell: (words: string) => void },
): Promise<void> {
  const { store } = places;
  const owner = `runs/${job.runId}`;
  const folder = `outputs/${key}`;
  const at = output.type === 'uri_file' ? `${folder}/${key}` : folder;
  const isThere = store.artifacts.stat(owner, at) !== undefined || store.artifacts.isFolder(owner, at);
  if (!isThere)
    throw new TrainyardError(
      'NOT_FOUND',
      'The job wrote nothing there, so there is nothing to register or copy.',
    );
  if (output.name !== undefined) await register(store, job, at, { ...output, name: output.name });
  if (!output.path) return;
  const source = new KeptSource(store, `runs:/${job.runId}/${at}`, owner, at);
  const onProgress = (done: number, total: number) => tell(`Uploading ${key} (${formatShare(done, total)})`);
  const uri = await send(places, job.runId, key, output.path, { source, onProgress }, signal);
  if (uri !== undefined) await store.write(() => store.runs.setTags(job.runId, { [tagOf(key)]: uri }));
}

/** @returns what another job names it by; undefined for a path of this machine that is in no datastore */
async function send(
  { store, secrets }: Places,
  runId: string,
  key: string,
  to: string,
  { source, onProgress }: Pick<Upload, 'source' | 'onProgress'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = outputPlace(to, runId, key);
  if (!place) throw refused(key, `cannot be copied to ${to}.`, 'Give another path.');
  if (place.kind === 'local') {
    await copyTo(source, place.path);
    return undefined;
  }
  const datastore = store.datastores.require(place.datastore);
  const inside = source.isFile && place.isFolder ? `${place.path}/${key}` : place.path;
  if (datastore.place.kind === 'folder')
    await copyTo(source, path.join(datastore.place.path, ...inside.split('/')));
  else {
    const what = { source, runId, path: inside, isOfRun: place.isOfRun, onProgress };
    await upload(datastore, secrets, what, signal);
  }
  return `azureml://datastores/${datastore.name}/paths/${inside}`;
}

async function register(
  store: Store,
  { runId }: Job,
  at: string,
  output: DataOutput & { name: string },
): Promise<void> {
  const { name, version } = output;
  if (!isModel(output)) {
    const place = `runs:/${runId}/${at}`;
    await store.write(() => {
      const before = store.data.all({ name, archived: true });
      if (before.some((asset) => asset.runId === runId && asset.path === place)) return;
      const type = output.type as 'uri_file' | 'uri_folder' | 'mltable';
      store.data.create({ name, type, path: place, ...(version !== undefined && { version }) }, runId);
    });
    return;
  }
  await store.write(() => {
    const source = `${store.runs.get(runId)?.artifactUri}/${at}`;
    const before = store.models.registered(name) ? store.models.versions(name) : [];
    if (before.some((each) => each.runId === runId && each.source === source)) return;
    if (!store.models.registered(name)) store.models.createRegistered({ name });
    const created = newVersion(store, { name, source, runId }, undefined);
    if (version !== undefined && String(created.version) !== version)
      throw new TrainyardError(
        'CONFLICT',
        `The next version of the model ${name} is ${created.version}, not ${version}, so it was not registered.`,
      );
  });
}

function isTaken(store: Store, name: string, output: DataOutput, version: string): boolean {
  return isModel(output)
    ? store.models.version(name, Number(version)) !== undefined
    : store.data.get(name, version) !== undefined;
}

function refused(key: string, what: string, hint: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `The output ${key} ${what}`, { hint });
}
