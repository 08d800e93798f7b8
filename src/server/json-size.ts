import { TrainyardError } from '../base/errors.js';

/** Values that one body may hold. A run with 100,000 tags has 300,000. */
const MOST_VALUES = 750_000;

const [QUOTE, COMMA, BRACKET, BRACE] = [...'",[{'].map((sign) => sign.charCodeAt(0));

/**
 * Bounds what a body becomes by what it is: an empty object has two bytes as text and fifty in memory. Looked at before
 * anything is made of it.
 * @throws TOO_LARGE
 */
export function checkJsonSize(text: string): void {
  if (text.length <= MOST_VALUES) return;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === COMMA || code === BRACKET || code === BRACE) values++;
    if (values > MOST_VALUES)
      throw new TrainyardError('TOO_LARGE', `The request body contains more than ${MOST_VALUES} values.`, {
        hint: 'Send it in several requests.',
      });
  }
}

/** The index after a string of JSON. By hand: on one that does not end, a regular expression begins anew at each of its escaped quotes. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
