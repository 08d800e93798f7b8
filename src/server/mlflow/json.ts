import { invalid } from './errors.js';

/**
 * The JSON of request bodies. Python writes NaN and Infinity as bare words, which JSON does not have; they are read as
 * the strings that protobuf uses. Only a body that fails as JSON pays for that.
 */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return {};
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
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** undefined when it is not JSON. */
export function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON of what a client sent. @throws INVALID_PARAMETER_VALUE when it is nested deeper than the stack */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('The value is nested too deeply.');
    throw error;
  }
}
