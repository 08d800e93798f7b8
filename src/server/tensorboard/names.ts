const LONGEST_KEY = 250;

/** The tag as a valid key for MLflow. If it is too long, its end is kept, which is more specific. */
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

/** Bytes of a key in the name of a file, which may have 255 with all that follows the key. */
const LONGEST_IN_FILE_NAME = 150;

/**
 * The name of a logged image or text, as MLflow's `log_image` would choose it, which its clients accept on all systems.
 * The same event always gets the same name.
 */
export function fileName(kind: 'images' | 'text', event: EventFile): string {
  const { step, timestamp, id, extension } = event;
  return `${kind}/${inFileName(event.key)}+step+${step}+timestamp+${timestamp}+${id}.${extension}`;
}

/** A key has no `~`; Windows takes no `:` in a name. Of a long one the end is kept. */
function inFileName(key: string): string {
  const characters = Array.from(key.replaceAll('/', '~').replaceAll(':', '_'));
  let bytes = 0;
  const start = characters.findLastIndex(
    (character) => (bytes += Buffer.byteLength(character)) > LONGEST_IN_FILE_NAME,
  );
  return characters.slice(start + 1).join('');
}

/** What the file is called once its key begins with another prefix. Both end with `/`, or are empty. */
export function fileNameUnder(name: string, before: string, after: string): string {
  const [kind, file = ''] = name.split('/');
  const [old, at] = [inFileName(before), file.lastIndexOf('+step+')];
  if (at < 0 || !file.startsWith(old)) return name;
  return `${kind}/${inFileName(after + file.slice(old.length, at))}${file.slice(at)}`;
}

interface EventFile {
  key: string;
  step: number;
  timestamp: number;
  /** Tells two of one key, step and time apart. */
  id: string;
  extension: string;
}

/** Folders whose names say where or when, not what. */
const PLACES = [
  /^(runs|logs?|tb|tb_logs|tensorboard|tensorboard_logs|lightning_logs|events|summaries|fit)$/i,
  /^version_\d+$/,
  /^[A-Z][a-z]{2}\d{1,2}_\d{2}-\d{2}-\d{2}/,
  /^\d{8}-\d{6}$/,
  /^\d{4}-\d{2}-\d{2}([T_ -]\d{2}[-:.]?\d{2}([-:.]?\d{2})?)?$/,
  /^\d{9,}(\.\d+)?$/,
];

/** The prefix of a folder in earlier versions. Files that they started to read keep their names. */
export function formerPrefixOf(folder: string): string {
  const parts = folder.split('/').filter(Boolean);
  const place = parts.findLastIndex((part) => PLACES.some((pattern) => pattern.test(part)));
  const rest = parts.slice(place + 1);
  return rest.length === 0 ? '' : `${rest.join('/')}/`;
}
