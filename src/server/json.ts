import { TrainyardError } from '../base/errors.js';

/** JSON of what a client sent. @throws BAD_REQUEST when it is nested deeper than the stack */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError)
      throw new TrainyardError('BAD_REQUEST', 'The value is nested too deeply.', { cause: error });
    throw error;
  }
}
