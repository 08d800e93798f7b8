import { TrainyardError } from '../../base/errors.js';
import type { RegisteredModelRecord } from '../store/registry.js';
import type { Store } from '../store/store.js';

/** @throws NOT_FOUND */
export function requireModel({ models }: Store, name: string): RegisteredModelRecord {
  const found = models.registered(name);
  if (found) return found;
  throw new TrainyardError('NOT_FOUND', `There is no registered model “${name}”.`);
}
