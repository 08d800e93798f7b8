import { TrainyardError } from '../../base/errors.js';
import type { Store } from '../store/store.js';
import { requireModel } from './require-model.js';

const ALIAS = /^[\p{L}\p{N}_-]{1,255}$/u;
/** Words that MLflow gives a meaning of their own. */
const RESERVED = /^(latest|v\d+)$/i;

/** @throws BAD_REQUEST (alias) | NOT_FOUND */
export async function setAlias(store: Store, name: string, alias: string, version: string): Promise<void> {
  if (!ALIAS.test(alias))
    throw new TrainyardError('BAD_REQUEST', `“${alias}” cannot be an alias.`, {
      hint: 'An alias has letters, digits, “-” and “_”, at most 255.',
    });
  if (RESERVED.test(alias))
    throw new TrainyardError('BAD_REQUEST', `The alias “${alias}” is reserved.`, {
      hint: 'Choose another one.',
    });
  await store.write(() => {
    requireModel(store, name);
    if (!/^\d{1,9}$/.test(version) || !store.models.version(name, Number(version)))
      throw new TrainyardError('NOT_FOUND', `The registered model “${name}” has no version ${version}.`);
    store.models.setAlias(name, alias, Number(version));
  });
}

/** One that is not there is no error. @throws NOT_FOUND (the model) */
export async function deleteAlias(store: Store, name: string, alias: string): Promise<void> {
  await store.write(() => {
    requireModel(store, name);
    store.models.deleteAlias(name, alias);
  });
}
