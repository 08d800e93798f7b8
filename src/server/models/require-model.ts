import { TrainyardError } from '../../base/errors.js';
import type { Store } from '../store/store.js';

/** @throws NOT_FOUND */
export function requireModel(store: Store, name: string): void {
  if (!store.models.registered(name))
    throw new TrainyardError('NOT_FOUND', `There is no registered model “${name}”.`);
}
