import { TrainyardError } from '../../base/errors.js';
import { type DataPlace, parsePlace, type Version } from '../../job/data-place.js';
import type { DataInput, JobSpec } from '../../job/spec.js';
import { requireModel } from '../models/require-model.js';
import { noData } from '../store/data-assets.js';
import type { Store } from '../store/store.js';
import type { ModelVersionRecord } from '../store/registry.js';

/** The same job with the versions of its data and models by number: what `latest` is changes. @throws NOT_FOUND */
export function pinned(store: Store, spec: JobSpec): JobSpec {
  if (!spec.inputs) return spec;
  const inputs = Object.entries(spec.inputs).map(([name, input]) => [
    name,
    { ...input, path: pinnedPath(store, input) },
  ]);
  return { ...spec, inputs: Object.fromEntries(inputs) as Record<string, DataInput> };
}

function pinnedPath(store: Store, input: DataInput): string {
  const place = placeOf(input);
  if (place?.kind === 'asset') return `azureml:${place.name}:${requireAsset(store, place).version}`;
  if (place?.kind !== 'model' || isLogged(place)) return input.path;
  const { version } = requireModelVersion(store, place);
  return input.path.startsWith('azureml:')
    ? `azureml:${place.name}:${version}`
    : `models:/${place.name}/${version}`;
}

/** The place of an input: what `azureml:NAME:VERSION` is depends on its type. */
export function placeOf({ type, path }: Pick<DataInput, 'type' | 'path'>): DataPlace | undefined {
  const place = parsePlace(path);
  return place?.kind === 'asset' && type.endsWith('_model') ? { ...place, kind: 'model' } : place;
}

/** `models:/m-…` is a logged model, which has no versions. */
export function isLogged({ name, version }: { name: string; version: Version }): boolean {
  return /^m-[0-9a-f]{32}$/.test(name) && 'label' in version;
}

/** @throws NOT_FOUND */
export function requireAsset(store: Store, { name, version }: { name: string; version: Version }) {
  if ('label' in version && version.label !== 'latest')
    throw new TrainyardError('NOT_FOUND', `The data ${name} has no label “${version.label}”.`, {
      hint: 'The label of data is “latest”.',
    });
  const wanted = 'version' in version ? version.version : undefined;
  const asset = store.data.get(name, wanted);
  if (!asset) throw noData(name, wanted);
  return asset;
}

/** @throws NOT_FOUND */
export function requireModelVersion(
  store: Store,
  { name, version }: { name: string; version: Version },
): ModelVersionRecord {
  const { models } = store;
  const { aliases } = requireModel(store, name);
  const wanted = 'version' in version ? version.version : aliases[version.label];
  const isLatest = 'label' in version && version.label === 'latest';
  const found = isLatest
    ? models.versions(name)[0]
    : /^\d{1,9}$/.test(wanted ?? '')
      ? models.version(name, Number(wanted))
      : undefined;
  if (found) return found;
  const called = 'version' in version ? `version ${version.version}` : `version “${version.label}”`;
  throw new TrainyardError('NOT_FOUND', `The registered model “${name}” has no ${called}.`);
}
