import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { isAssetName, isVersion, parsePlace } from '../../job/data-place.js';
import type { DataOutput, JobSpec } from '../../job/spec.js';
import { problemOfModelName } from '../models/name.js';
import { newVersion } from '../models/new-version.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { KeptSource } from './kept-source.js';

type Job = Pick<JobRecord, 'runId' | 'spec'>;

const isModel = ({ type }: Pick<DataOutput, 'type'>) => type.endsWith('_model');

/** Before anything is kept of a job. @throws BAD_REQUEST for a name, version or path that no output can have | CONFLICT */
export function checkOutputs(store: Store, { outputs = {} }: JobSpec): void {
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
    if (to !== undefined && to !== '' && parsePlace(filled(to, 'run', key))?.kind !== 'local')
      throw refused(key, `cannot be copied to ${to}.`, 'Give an absolute path.');
  }
}

/**
 * Registers and copies what a job has written that finished. May be done again: what is there already stays.
 * @returns a sentence on each output for which that failed
 */
export async function keepOutputs(store: Store, job: Job): Promise<string[]> {
  const problems: string[] = [];
  for (const [key, output] of Object.entries(job.spec.outputs ?? {})) {
    if (output.name === undefined && !output.path) continue;
    try {
      await keepOutput(store, job, key, output);
    } catch (error) {
      problems.push(`The output ${key}: ${messageOf(error)}`);
    }
  }
  return problems;
}

async function keepOutput(store: Store, job: Job, key: string, output: DataOutput): Promise<void> {
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
  if (output.path) {
    const source = new KeptSource(store, `runs:/${job.runId}/${at}`, owner, at);
    await copyTo(source, filled(output.path, job.runId, key));
  }
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

/** A file becomes the path itself, or lies in it where that is a folder; a folder is merged into it. */
async function copyTo(source: KeptSource, to: string): Promise<void> {
  const intoFolder = !source.isFile || /[\\/]$/.test(to) || isFolder(to);
  try {
    for (const file of await source.list()) {
      const target = intoFolder ? path.join(to, ...file.path.split('/')) : to;
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      const part = `${target}.trainyard-part`;
      const { body } = await source.read(file, 0);
      await pipeline(body, fs.createWriteStream(part));
      await fs.promises.rename(part, target);
    }
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOSPC', 'EROFS', 'ENOTDIR', 'EISDIR', 'EDQUOT')) throw error;
    throw new TrainyardError('STORE_FULL', `It was not copied to ${to}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isFolder(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What Azure ML puts into the path of an output. */
function filled(to: string, runId: string, key: string): string {
  return to
    .replaceAll(/\$\{\{\s*name\s*\}\}/g, () => runId)
    .replaceAll(/\$\{\{\s*output_name\s*\}\}/g, () => key);
}

function isTaken(store: Store, name: string, output: DataOutput, version: string): boolean {
  return isModel(output)
    ? store.models.version(name, Number(version)) !== undefined
    : store.data.get(name, version) !== undefined;
}

function refused(key: string, what: string, hint: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `The output ${key} ${what}`, { hint });
}
