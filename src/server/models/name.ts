import { cut, resolvesToAnother } from '../names.js';

/** In characters. */
export const LONGEST_MODEL_NAME = 256;

/** Why a registered model cannot have this name; undefined if it can. */
export function problemOfModelName(name: string): 'empty' | 'separator' | 'long' | 'path' | undefined {
  if (name.trim() === '') return 'empty';
  if (/[/:]/.test(name)) return 'separator';
  if (cut(name, LONGEST_MODEL_NAME) !== name) return 'long';
  return resolvesToAnother(name) ? 'path' : undefined;
}
