/** What keeps something that somebody wrote from being a datastore. */
import path from 'node:path';
import { isAssetName } from './data-place.js';
import type { DatastorePlace } from './datastore.js';
import type { Problem } from './problems.js';

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const CONTAINER = /^(\$root|\$web|[a-z0-9][a-z0-9-]{1,62})$/;
const ACCOUNT = /^[a-z0-9][a-z0-9-]{1,62}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function problemsOfDatastore({
  name,
  place,
  secretEnv,
}: {
  name: string;
  place: DatastorePlace;
  secretEnv?: string;
}): Problem[] {
  const problems = problemsOfPlace(place);
  if (!isAssetName(name))
    problems.unshift({
      path: 'name',
      text: `“${name}” cannot be the name of a datastore.`,
      hint: 'A name has letters, digits, “-”, “_” and “.”, at most 255, and begins with a letter or digit.',
    });
  if (secretEnv !== undefined && !VARIABLE.test(secretEnv))
    problems.push({
      path: 'secretEnv',
      text: `“${secretEnv}” is not the name of an environment variable.`,
      hint: 'Give the name of the variable that has the secret, never the secret itself.',
    });
  if (secretEnv !== undefined && place.kind === 'folder')
    problems.push({ path: 'secretEnv', text: 'A folder has no secret.' });
  return problems;
}

function problemsOfPlace(place: DatastorePlace): Problem[] {
  if (place.kind === 'folder')
    return path.isAbsolute(place.path)
      ? []
      : [{ path: 'path', text: `${place.path} is not an absolute path.`, hint: 'Give the whole path.' }];
  const problems = problemsOfPrefix(place.prefix);
  if (place.endpoint !== undefined) problems.push(...problemsOfEndpoint(place.endpoint));
  if (place.kind === 's3') {
    if (!BUCKET.test(place.bucket)) problems.push(cannotBe('bucket', place.bucket, 'the name of a bucket'));
    return problems;
  }
  const [field, room] =
    place.kind === 'azure_blob' ? ['container', place.container] : ['filesystem', place.filesystem];
  if (!CONTAINER.test(room)) problems.push(cannotBe(field, room, `the name of a ${field}`));
  if (!ACCOUNT.test(place.account))
    problems.push(cannotBe('account', place.account, 'the name of a storage account'));
  return problems;
}

const cannotBe = (field: string, value: string, what: string): Problem => ({
  path: field,
  text: `“${value}” cannot be ${what}.`,
});

function problemsOfPrefix(prefix = ''): Problem[] {
  const parts = prefix.replace(/^\/|\/$/g, '').split('/');
  const isWrong = prefix !== '' && parts.some((part) => ['', '.', '..'].includes(part));
  return isWrong ? [cannotBe('prefix', prefix, 'the prefix of a datastore')] : [];
}

/** A signature or a password in it would be written down. */
function problemsOfEndpoint(endpoint: string): Problem[] {
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))
    return [
      {
        path: 'endpoint',
        text: `${endpoint} is not an address of a storage server.`,
        hint: 'It begins with https:// or http://.',
      },
    ];
  const { username, password, search } = new URL(endpoint);
  if (username === '' && password === '' && search === '') return [];
  return [
    {
      path: 'endpoint',
      text: 'The endpoint has a password or a signature in it, which must not be written down.',
      hint: 'Give it as the secret of the datastore: name the environment variable that has it.',
    },
  ];
}
