/** Folders that say where or when and not what, as frameworks name them. */
const PLACES = [
  /^(runs|logs?|tb|tb_logs|tensorboard|tensorboard_logs|lightning_logs|events|summaries|fit)$/i,
  /^version_\d+$/,
  // Nov21_08-37-10_host, 20261121-083710, 2026-11-21_08-37-10, 1795250230.12
  /^[A-Z][a-z]{2}\d{1,2}_\d{2}-\d{2}-\d{2}/,
  /^\d{8}-\d{6}$/,
  /^\d{4}-\d{2}-\d{2}([T_ -]\d{2}[-:.]?\d{2}([-:.]?\d{2})?)?$/,
  /^\d{9,}(\.\d+)?$/,
];

/**
 * What the folder of an event file, relative to where the job writes, adds in front of its tags: `logs/train` gives
 * `train/`, `runs/Nov21_08-37-10_host` nothing.
 */
export function prefixOf(folder: string): string {
  const parts = folder.split('/').filter(Boolean);
  const place = parts.findLastIndex((part) => PLACES.some((pattern) => pattern.test(part)));
  const rest = parts.slice(place + 1);
  return rest.length === 0 ? '' : `${rest.join('/')}/`;
}

const LONGEST_KEY = 250;

/** The tag as MLflow would take it for a key. Of one that is too long the end is kept, which says more. */
export function keyOf(prefix: string, tag: string): string {
  const end = `${prefix}${tag}`.slice(-2 * LONGEST_KEY).replaceAll(/[^\p{L}\p{M}\p{N}_\-. :/]/gu, '_');
  // Characters, which may be two units each.
  const key = Array.from(end)
    .slice(-LONGEST_KEY)
    .join('')
    .split('/')
    // A key is a relative path to MLflow: nothing empty and nothing that climbs.
    .filter((part) => !/^\.{0,2}$/.test(part))
    .join('/');
  return key || '_';
}

/** Name of a logged image or text as MLflow's `log_image` gives it; the same event always has the same name. */
export function fileName(kind: 'images' | 'text', event: EventFile): string {
  const key = event.key.replaceAll('/', '#');
  return `${kind}/${key}%step%${event.step}%timestamp%${event.timestamp}%${event.id}.${event.extension}`;
}

interface EventFile {
  key: string;
  step: number;
  timestamp: number;
  /** Tells two of one key, step and time apart. */
  id: string;
  extension: string;
}
