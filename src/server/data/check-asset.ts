import { TrainyardError } from '../../base/errors.js';
import { isAssetName, isVersion, parsePlace } from '../../job/data-place.js';
import type { NewDataAsset } from '../../workspace/types.js';

/** @throws BAD_REQUEST for a name, version or path that data cannot have */
export function checkAsset({ name, version, path }: NewDataAsset): void {
  if (!isAssetName(name))
    throw new TrainyardError('BAD_REQUEST', `“${name}” cannot be the name of data.`, {
      hint: 'A name has letters, digits, “-”, “_” and “.”, at most 255, and begins with a letter or digit.',
    });
  if (version !== undefined && !isVersion(version))
    throw new TrainyardError('BAD_REQUEST', `“${version}” cannot be a version.`, {
      hint: 'A version has letters, digits, “-”, “_” and “.”. The word “latest” stands for the newest one.',
    });
  const place = parsePlace(path);
  if (place?.kind === 'asset' || place?.kind === 'model')
    throw new TrainyardError('BAD_REQUEST', `The path of ${name} (${path}) names another asset.`, {
      hint: 'Give the path of the data itself.',
    });
  if (!place)
    throw new TrainyardError('BAD_REQUEST', `Trainyard cannot read the path of ${name} (${path}).`, {
      hint: 'Give an absolute path, http(s)://…, azureml://datastores/DATASTORE/paths/PATH, or runs:/RUN/PATH.',
    });
}
