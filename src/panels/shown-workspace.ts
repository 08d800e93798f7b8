import type { ErrorData } from '../base/errors.js';

/** A workspace of which a panel shows something. */
export interface ShownWorkspace {
  id: string;
  label: string;
  /** It has not answered yet. */
  isPending?: true;
  /** Why its runs could not be read. */
  problem?: ErrorData;
}
