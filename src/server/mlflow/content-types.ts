import { posix } from 'node:path';

const TEXT = 'text/plain; charset=utf-8';
const BY_EXTENSION: Record<string, string> = {
  ...Object.fromEntries(
    [
      'txt',
      'log',
      'err',
      'cfg',
      'conf',
      'ini',
      'md',
      'rst',
      'py',
      'json',
      'jsonl',
      'yaml',
      'yml',
      'toml',
      'csv',
      'tsv',
    ].map((extension) => [extension, TEXT]),
  ),
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
};
const TEXT_NAMES = new Set(['MLmodel', 'MLproject']);

/** As in MLflow: readable files are plain text, unknown ones are bytes. */
export function contentType(path: string): string {
  const name = posix.basename(path);
  if (TEXT_NAMES.has(name)) return TEXT;
  const extension = posix.extname(name).slice(1).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension)
    ? (BY_EXTENSION[extension] as string)
    : 'application/octet-stream';
}
