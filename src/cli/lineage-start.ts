import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { TrainyardError } from '../base/errors.js';
import { parsePlace } from '../job/data-place.js';
import { commitId, dataId, fileId, loggedModelId, runId, scoped, versionId } from '../lineage/ids.js';
import { refOf } from '../workspace/run-ref.js';
import type { Workspace } from '../workspace/workspace.js';
import { findRun } from './find-run.js';

/**
 * The node that a person means: a file of this machine (by its content), a SHA-256, a commit, a logged model, a version of a
 * model or of data, or a run as everywhere else.
 * @returns its id
 * @throws NOT_FOUND | BAD_REQUEST for a folder, and for what is both data and a model
 */
export async function startOf(given: string, workspace: Workspace): Promise<string> {
  const found = fs.statSync(given, { throwIfNoEntry: false });
  if (found?.isFile()) return fileId(await hashOf(given));
  if (found?.isDirectory())
    throw new TrainyardError('BAD_REQUEST', `${given} is a folder.`, { hint: 'Give one of its files.' });
  if (/^[0-9a-f]{64}$/.test(given)) return fileId(given);
  if (/^[0-9a-f]{40}$/.test(given)) return commitId(given);
  if (/^m-[0-9a-f]{32}$/.test(given)) return loggedModelId(given);
  const asset = await assetOf(given, workspace);
  if (asset !== undefined) return scoped(asset, workspace.id);
  const { run } = await findRun(given, workspace);
  const ref = refOf(run);
  return scoped(runId(ref.run), ref.workspace);
}

/** SHA-256, hex, of a file of any size. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file), hash);
  return hash.digest('hex');
}

/** `data:NAME:VERSION`, `model:NAME:VERSION`, `NAME:VERSION`, `azureml:NAME:VERSION`, `models:/NAME/VERSION`; labels and bare names, too. */
async function assetOf(given: string, workspace: Workspace): Promise<string | undefined> {
  const [, kind, rest = given] = /^(data|model):(.+)$/s.exec(given) ?? [];
  const place = parsePlace(rest.includes('/') || rest.startsWith('azureml:') ? rest : `azureml:${rest}`);
  if (place?.kind !== 'asset' && place?.kind !== 'model') return undefined;
  const { name, version } = place;
  const isNamed = kind !== undefined || /[:@]/.test(rest);
  const data =
    kind === 'model' || place.kind === 'model' ? undefined : await dataOf(workspace, name, version);
  const model = kind === 'data' ? undefined : await versionOf(workspace, name, version);
  if (data !== undefined && model !== undefined)
    throw new TrainyardError('BAD_REQUEST', `“${given}” is the name of data and of a model.`, {
      hint: `Write data:${rest} or model:${rest}.`,
    });
  const found = data ?? model;
  if (found === undefined && isNamed)
    throw new TrainyardError(
      'NOT_FOUND',
      `The workspace “${workspace.label}” has no data and no model ${rest}.`,
      {
        hint: 'Choose another workspace with --workspace, or list the data with: trainyard data list',
      },
    );
  return found;
}

type Version = { version: string } | { label: string };

async function dataOf({ data }: Workspace, name: string, version: Version): Promise<string | undefined> {
  if (!data) return undefined;
  const all = await data.list({ name, archived: true });
  const found = 'version' in version ? all.find((one) => one.version === version.version) : all[0];
  return found && dataId(name, found.version);
}

async function versionOf(
  { registry }: Workspace,
  name: string,
  version: Version,
): Promise<string | undefined> {
  if (!registry) return undefined;
  try {
    const all = await registry.versions(name);
    const found =
      'version' in version
        ? all.find((one) => one.version === version.version)
        : version.label === 'latest'
          ? all[0]
          : all.find(({ aliases }) => aliases.includes(version.label));
    return found && versionId(name, found.version);
  } catch (error) {
    if (!TrainyardError.is(error, 'NOT_FOUND')) throw error;
    return undefined;
  }
}
