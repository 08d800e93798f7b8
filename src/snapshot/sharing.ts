/**
 * Permissions of files that a snapshot writes into a person's repository, from their umask and the repository's
 * setting.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Modes of new files and folders. */
export interface Modes {
  file: number;
  folder: number;
}

/** Nobody but the person. */
export const PRIVATE = 0o077;

/** The umask under which an existing folder was made. */
export async function umaskOf(folder: string): Promise<number> {
  return ~(await stat(folder)).mode & 0o077;
}

/** As git has them. @param shared `core.sharedRepository` */
export function modesUnder(umask: number, shared: string | undefined): Modes {
  const asked = /^0[0-7]{3,}$/.test(shared ?? '') ? parseInt(shared!, 8) & 0o666 : undefined;
  const added = /^(group|true|yes|on|1|)$/i.test(shared ?? 'false')
    ? 0o660
    : /^(all|world|everybody|2)$/i.test(shared ?? '')
      ? 0o664
      : 0;
  const file = asked ?? (0o666 & ~umask) | added;
  // Who may read a folder may enter it.
  const folder = (asked ?? 0o777 & ~umask) | file | ((file & 0o444) >> 2) | 0o700;
  // Files in a folder that is shared belong to its group.
  return { file, folder: asked !== undefined || added !== 0 ? folder | 0o2000 : folder };
}

/** Makes a folder, and those above it that are missing, with that mode. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, mode);
}
