import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import type { DataPlace } from '../../job/data-place.js';
import type { DataInput } from '../../job/spec.js';
import { findArtifact } from '../mlflow/paths.js';
import { keptPath } from '../mlflow/sources.js';
import { DatastoreSource } from '../datastores/source.js';
import type { DatastoreSecrets } from '../datastores/secrets.js';
import type { Store } from '../store/store.js';
import { HttpSource } from './http-source.js';
import { KeptSource } from './kept-source.js';
import { isLogged, placeOf, requireAsset, requireModelVersion } from './pin.js';
import type { Source } from './source.js';

/** Where an input is: a path of this machine, or a source that it is got from first. */
export type Located = { local: string } | { source: Source };

/** What knows of places. */
export interface Places {
  store: Store;
  secrets: DatastoreSecrets;
}

/** Sources that lead to others, so deep at most. */
const DEEPEST = 10;

/**
 * @param name of the input, for messages
 * @throws BAD_REQUEST for what nobody can read | NOT_FOUND; what is on other machines is not looked at
 */
export function locate(
  places: Places,
  name: string,
  input: Pick<DataInput, 'type' | 'path'>,
  depth = 0,
): Located {
  const { store } = places;
  const place = depth < DEEPEST ? placeOf(input) : undefined;
  if (!place)
    throw new TrainyardError('BAD_REQUEST', `The input ${name} (${input.path}) cannot be read here.`, {
      hint: 'Give an absolute path, http(s)://…, azureml:NAME:VERSION, azureml://datastores/DATASTORE/paths/PATH, or runs:/RUN/PATH.',
    });
  switch (place.kind) {
    case 'local':
      if (fs.existsSync(place.path)) return { local: place.path };
      throw new TrainyardError('NOT_FOUND', `The input ${name} does not exist: ${place.path}.`, {
        hint: 'Check the path.',
      });
    case 'http':
      return { source: new HttpSource(place.url) };
    case 'asset':
      return locate(places, name, requireAsset(store, place), depth + 1);
    case 'run':
      return { source: ofRun(store, input.path, place) };
    case 'model': {
      const at = isLogged(place)
        ? store.models.logged(place.name)?.artifactUri
        : requireModelVersion(store, place).source;
      if (at === undefined) throw new TrainyardError('NOT_FOUND', `There is no logged model ${place.name}.`);
      return ofModel(places, name, input, at, depth);
    }
    case 'datastore':
      return inDatastore(places, name, place, input.type);
  }
}

function inDatastore(
  { store, secrets }: Places,
  name: string,
  { datastore, path: inside }: Extract<DataPlace, { kind: 'datastore' }>,
  type: DataInput['type'],
): Located {
  const known = store.datastores.require(datastore);
  const { place } = known;
  if (place.kind !== 'folder') return { source: new DatastoreSource(known, secrets, inside, type) };
  const local = path.join(place.path, ...inside.split('/'));
  if (fs.existsSync(local)) return { local };
  throw new TrainyardError('NOT_FOUND', `The input ${name} does not exist: ${local}.`, {
    hint: `Check the path, and the folder of the datastore “${datastore}”.`,
  });
}

function ofRun(store: Store, uri: string, { runId, path }: Extract<DataPlace, { kind: 'run' }>): Source {
  if (!store.runs.get(runId)) throw new TrainyardError('NOT_FOUND', `There is no run ${runId} (${uri}).`);
  const owner = `runs/${runId}`;
  if (!store.artifacts.stat(owner, path || '.') && !store.artifacts.isFolder(owner, path))
    throw new TrainyardError('NOT_FOUND', `The run ${runId} has no files at ${path || 'its root'}.`, {
      hint: 'Look at the files of the run.',
    });
  return new KeptSource(store, uri, owner, path);
}

function ofModel(
  places: Places,
  name: string,
  { type, path: uri }: Pick<DataInput, 'type' | 'path'>,
  at: string,
  depth: number,
): Located {
  const kept = keptPath(at);
  if (kept === undefined) return locate(places, name, { type, path: at }, depth + 1);
  const address = findArtifact(places.store, kept);
  if (!address) throw new TrainyardError('NOT_FOUND', `The files of ${uri} are not there any more.`);
  return { source: new KeptSource(places.store, uri, address.owner, address.path) };
}
