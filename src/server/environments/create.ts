import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import type { EnvironmentDefinition } from '../../job/environment.js';
import { nameInContext, packContext } from '../../job/environment/context.js';
import { ANONYMOUS, anonymousVersion, digestOf } from '../../job/environment/digest.js';
import { credentialsIn } from '../../job/environment/requirements.js';
import type { EnvironmentVersion, NewEnvironment } from '../../workspace/types.js';
import type { Store } from '../store/store.js';
import { CONTEXT_FILE, ownerOfContext } from './context.js';

/** Keeps an environment, with its build context. @throws BAD_REQUEST | CONFLICT | NOT_FOUND | TOO_LARGE | STORE_FULL */
export async function createEnvironment(store: Store, asked: NewEnvironment): Promise<EnvironmentVersion> {
  check(asked);
  const build = asked.build && { ...asked.build, dockerfile: nameInContext(asked.build.dockerfile) };
  const definition: EnvironmentDefinition = {
    ...asked.definition,
    ...(build && {
      build: { context: await keepContext(store, build), dockerfile: build.dockerfile },
    }),
  };
  const digest = digestOf(definition);
  const name = asked.name ?? ANONYMOUS;
  const version = name === ANONYMOUS ? anonymousVersion(digest) : asked.version;
  return store.write(() => {
    const context = definition.build?.context;
    if (context !== undefined && !store.artifacts.stat(ownerOfContext(context), CONTEXT_FILE))
      throw new TrainyardError(
        'CONFLICT',
        'A purge removed the build context while the environment was created.',
        {
          hint: 'Create it again.',
        },
      );
    return store.environments.create({
      ...{ name, digest, definition },
      ...(version !== undefined && { version }),
      description: asked.description ?? '',
      tags: asked.tags ?? {},
      kept: asked.kept ?? {},
    });
  });
}

function check({ name, version, definition, build }: NewEnvironment): void {
  const wrong = (message: string, hint: string) => new TrainyardError('BAD_REQUEST', message, { hint });
  const { image, conda, pip } = definition;
  if (image === undefined && conda === undefined && pip === undefined && !build)
    throw wrong('The environment is empty.', 'Give it an image, a build, a conda file or requirements.');
  if (build && (image !== undefined || conda !== undefined || pip !== undefined))
    throw wrong(
      'An environment with a build is defined by its Dockerfile alone.',
      'Leave out the image, the conda file and the requirements, or leave out the build.',
    );
  if (conda !== undefined && pip !== undefined)
    throw wrong(
      'An environment can have a conda file or requirements, but not both.',
      'Put the requirements below “pip:” in the conda file.',
    );
  const host = credentialsIn([conda, pip].join('\n'));
  if (host !== undefined)
    throw wrong(
      `The address of ${host} has a name or a password in it, which an environment would keep for all to read.`,
      'Take it out, and put it into the pip.conf of this computer: builds use that and do not keep it.',
    );
  if (version === 'latest')
    throw wrong('“latest” cannot be a version: it stands for the newest one.', 'Choose another version.');
  if (name === undefined && version !== undefined)
    throw wrong('An environment with a version needs a name.', 'Give it a name.');
}

/** @returns the SHA-256 of its archive */
async function keepContext(
  store: Store,
  { folder, dockerfile }: NonNullable<NewEnvironment['build']>,
): Promise<string> {
  if (!path.isAbsolute(folder))
    throw new TrainyardError('BAD_REQUEST', `The path of the build context is not absolute: ${folder}.`);
  const archive = path.join(store.folder, 'tmp', `${randomUUID()}.tar`);
  try {
    const sha256 = await packContext(folder, dockerfile, archive);
    const owner = ownerOfContext(sha256);
    if (!store.artifacts.stat(owner, CONTEXT_FILE))
      await store.artifacts.putFile(owner, CONTEXT_FILE, archive);
    return sha256;
  } finally {
    fs.rmSync(archive, { force: true });
  }
}
