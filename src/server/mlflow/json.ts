import { checkJsonSize, endOfString } from '../json-size.js';
import { invalid } from './errors.js';

/**
 * The JSON of request bodies. Python writes NaN and Infinity as bare words, which JSON does not have; they are read as
 * the strings that protobuf uses. Only a body that fails as JSON pays for that.
 * @throws INVALID_PARAMETER_VALUE | TOO_LARGE
 */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return {};
  checkJsonSize(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (strict) {
    try {
      return JSON.parse(quoteBareWords(text)) as unknown;
    } catch {
      throw invalid(`The body of the request is not JSON: ${(strict as Error).message}`);
    }
  }
}

function quoteBareWords(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('"', at);
    const between = start < 0 ? text.slice(at) : text.slice(at, start);
    parts.push(between.replace(/-?\bInfinity\b|\bNaN\b/g, '"$&"'));
    at = start < 0 ? text.length : endOfString(text, start);
    if (start >= 0) parts.push(text.slice(start, at));
  }
  return parts.join('');
}
