import type { RunFile } from '../../workspace/types.js';

const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const MIME: Record<string, string> = { jpg: 'jpeg' };
/** Larger ones are opened, not shown among others. */
const MOST_BYTES = 2_000_000;

export function isPicture({ path, isFolder, bytes = 0 }: RunFile): boolean {
  return !isFolder && PICTURE.test(path) && bytes <= MOST_BYTES;
}

export function dataUri(path: string, bytes: Uint8Array): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return `data:image/${MIME[extension] ?? extension};base64,${Buffer.from(bytes).toString('base64')}`;
}
