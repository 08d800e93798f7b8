import type { Logger } from 'pino';
import type { Store } from './store/store.js';

/** What the routes of the server share. */
export interface ServerContext {
  store: Store;
  home: string;
  version: string;
  token: string;
  log: Logger;
}
