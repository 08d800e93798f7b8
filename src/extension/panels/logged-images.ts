import type { RunFile } from '../../workspace/types.js';
import type { LoggedImage } from '../../panels/messages.js';

/** Folder below which MLflow's `log_image(key=…, step=…)` puts images; event files are translated to the same names. */
export const IMAGES_FOLDER = 'images';

/**
 * `images/<key>%step%<step>%timestamp%<ms>%<id>.png`; newer clients write `+` for `%`, and `~` where older ones wrote `#`
 * for the slashes of the key. With `compressed` at its end it is a small copy, of 256 pixels.
 */
const NAME =
  /^images\/(?<key>.+)(?<mark>[%+])step\k<mark>(?<step>-?\d+)\k<mark>timestamp\k<mark>(?<time>\d+)\k<mark>(?<id>.+?)(?<small>\k<mark>compressed)?\.(?:png|jpe?g|gif|webp)$/i;

/** Whether a file is one of a series of images, or a small copy of one. */
export function isLoggedImage(path: string): boolean {
  return NAME.test(path);
}

/** Images among files, by key and step, one for each: the newest. */
export function loggedImages(files: readonly RunFile[]): LoggedImage[] {
  const found = new Map<string, Omit<LoggedImage, 'small'> & { time: number; id: string }>();
  const small = new Map<string, string>();
  for (const { path, isFolder } of files) {
    const { groups } = (!isFolder && NAME.exec(path)) || {};
    if (!groups) continue;
    const key = groups['key']!.replaceAll(groups['mark'] === '+' ? '~' : '#', '/');
    const step = Number(groups['step']);
    const id = groups['id']!;
    if (groups['small'] !== undefined) {
      small.set(id, path);
      continue;
    }
    const time = Number(groups['time']);
    const name = `${step} ${key}`;
    const known = found.get(name);
    if (!known || known.time <= time) found.set(name, { key, step, path, time, id });
  }
  return [...found.values()]
    .map(({ key, step, path, id }) => ({ key, step, path, small: small.get(id) ?? path }))
    .sort((a, b) => (a.key === b.key ? a.step - b.step : a.key < b.key ? -1 : 1));
}
