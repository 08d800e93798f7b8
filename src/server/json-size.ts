import { TrainyardError } from '../base/errors.js';

/** The most values in one body. A run with 100,000 tags has 300,000. */
const MOST_VALUES = 750_000;

const [QUOTE, COMMA, BRACKET, BRACE] = [...'",[{'].map((sign) => sign.charCodeAt(0));

/**
 * Bounds the memory of a parsed body by its text: an empty object has two bytes as text and fifty in memory. Checked
 * before parsing.
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

/**
 * The index after a string of JSON. Hand-written, since a regular expression would restart at each escaped quote of an
 * unterminated string.
 */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
