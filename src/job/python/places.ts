import os from 'node:os';
import path from 'node:path';
import type { Surroundings } from '../programs.js';

/** Where Python tools keep user data, caches and configuration. */
export interface Places {
  home: string;
  data: string;
  cache: string;
  config: string;
}

/** As in platformdirs, which poetry, hatch and virtualenv use. */
export function placesOf({ env, platform = process.platform }: Surroundings): Places {
  const home = (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || os.homedir();
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local');
    return {
      home,
      data: local,
      cache: local,
      config: env['APPDATA'] || path.join(home, 'AppData', 'Roaming'),
    };
  }
  if (platform === 'darwin') {
    const support = path.join(home, 'Library', 'Application Support');
    return { home, data: support, cache: path.join(home, 'Library', 'Caches'), config: support };
  }
  const of = (variable: string, ...names: string[]) => env[variable] || path.join(home, ...names);
  return {
    home,
    data: of('XDG_DATA_HOME', '.local', 'share'),
    cache: of('XDG_CACHE_HOME', '.cache'),
    config: of('XDG_CONFIG_HOME', '.config'),
  };
}

/** `~` and `~/…` as a shell reads them, and a relative path from `folder`. */
export function resolvePath(written: string, folder: string, home: string): string {
  return path.resolve(
    folder,
    written.replace(/^~(?=$|[\\/])/, () => home),
  );
}
