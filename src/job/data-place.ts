/** Where the data of a job is, as its path says. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAddress } from './file/references.js';

export type DataPlace =
  /** An absolute path of this machine. */
  | { kind: 'local'; path: string }
  | { kind: 'http'; url: string }
  /** A data asset, or for inputs of the types of models a registered model. */
  | { kind: 'asset'; name: string; version: Version }
  | { kind: 'model'; name: string; version: Version }
  /** `path` has no slash at its ends; '' is all of the datastore. */
  | { kind: 'datastore'; datastore: string; path: string }
  /** Files of a run. */
  | { kind: 'run'; runId: string; path: string };

export type Version = { version: string } | { label: string };

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;
/** Without a version: the newest. */
const ASSET = /^azureml:([^:/@]+)(?::([^:/@]+)|@([^:/@]+))?$/;
const MODEL = /^models:\/+([^/@:]+)(?:\/([^/@]+)|@([^/@]+))$/;
const DATASTORE = /^azureml:\/\/(?:subscriptions\/.+\/)?datastores\/([^/]+)(?:\/paths(?:\/(.*))?)?$/s;
const OUTPUT = /^azureml:\/\/jobs\/([^/]+)\/outputs\/([^/]+)(?:\/paths(?:\/(.*))?)?$/s;
const RUN = /^runs:\/+([^/]+)(?:\/(.*))?$/s;

/** What `${{default_datastore}}` stands for: Azure ML's name of the datastore that each of its workspaces begins with. */
export const DEFAULT_DATASTORE = 'workspaceblobstore';
const DEFAULT = /^\$\{\{\s*default_datastore\s*\}\}$/;

export const isAssetName = (name: string) => NAME.test(name);
/** `latest` is a label. */
export const isVersion = (version: string) => NAME.test(version) && version !== 'latest';

/** A path relative to a folder as an absolute one; URIs stay. */
export function fromFolder(given: string, folder: string): string {
  return isAddress(given) ? given : path.resolve(folder, given);
}

/** @returns undefined for what names no place that can be read, such as a relative path */
export function parsePlace(text: string): DataPlace | undefined {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? { kind: 'http', url: text } : undefined;
  if (/^file:\/\//i.test(text)) return localOf(text);
  if (path.isAbsolute(text)) return { kind: 'local', path: text };
  const asset = ASSET.exec(text);
  if (asset) return { kind: 'asset', name: asset[1]!, version: versionOf(asset[2], asset[3]) };
  const model = MODEL.exec(text);
  if (model) return { kind: 'model', name: model[1]!, version: versionOf(model[2], model[3]) };
  const datastore = DATASTORE.exec(text);
  if (datastore) {
    const name = DEFAULT.test(datastore[1]!) ? DEFAULT_DATASTORE : datastore[1]!;
    return below(datastore[2], (path) => ({ kind: 'datastore', datastore: name, path }));
  }
  const output = OUTPUT.exec(text);
  if (output)
    return below([output[2], output[3]].filter(Boolean).join('/'), (inside) => ({
      kind: 'run',
      runId: output[1]!,
      path: `outputs/${inside}`,
    }));
  const run = RUN.exec(text);
  return run ? below(run[2], (path) => ({ kind: 'run', runId: run[1]!, path })) : undefined;
}

function versionOf(version: string | undefined, label: string | undefined): Version {
  if (version !== undefined && version !== 'latest') return { version };
  return { label: label ?? 'latest' };
}

/** Paths that leave their folder name nothing. */
function below(inside = '', place: (path: string) => DataPlace): DataPlace | undefined {
  const parts = inside.split('/').filter((part) => part !== '' && part !== '.');
  return parts.some((part) => part === '..' || part.includes('\0')) ? undefined : place(parts.join('/'));
}

function localOf(uri: string): DataPlace | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { host } = new URL(uri);
  if (host !== '' && host !== 'localhost' && path.sep === '/') return undefined;
  return { kind: 'local', path: fileURLToPath(uri) };
}
