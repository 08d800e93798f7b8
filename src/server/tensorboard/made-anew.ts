/** The name of a folder without the parts that were generated for one run. */
export interface Stem {
  /** '' when nothing is left. */
  text: string;
  /** No other run has a folder of this name, so counters below it restart in every run. */
  isFresh: boolean;
}

/** Who wrote an event file, by its name. */
export interface Writer {
  host?: string;
  pid?: string;
}

const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
const DATE = `(?:(?:19|20)\\d{2}([-_.]?)${MONTH}\\1${DAY}|\\d{2}([-_.])\\d{2}\\2(?:19|20)\\d{2})`;
const CLOCK = '(?:[01]\\d|2[0-3])[-_:.h]?[0-5]\\d(?:[-_:.m]?[0-5]\\d)?s?(?:[.,_]\\d{3,9})?';

/** Dates, times and random names. The first match at a position counts. */
const FRESH: readonly RegExp[] = [
  // A UUID.
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi,
  // What wandb puts behind the time, and Python and mktemp behind "tmp".
  /(?<=^(?:offline-)?run-\d{8}_\d{6}-)[a-z0-9]{8}$/g,
  /^tmp(?:[a-z0-9_]{8}|\.[A-Za-z0-9]{10})$/g,
  // A trial of Ray Tune: a1b2c_00000_0, 00000_0.
  /(?<=^|_)(?:[0-9a-f]{5,8}_)?\d{5}_\d+(?=_|$)/g,
  // 2024-01-15_10-30-00, 20240115T103000Z; RLlib puts eight characters of chance behind it.
  new RegExp(
    `(?<!\\d)${DATE}[T_ .-]{0,3}${CLOCK}(?:Z|[+-]\\d{2}:?\\d{2})?(?:[a-z0-9][a-z0-9_]{7}$|(?!\\d))`,
    'g',
  ),
  // 240115_103000, 0115-103000, 15-10-30-00
  new RegExp(`(?<!\\d)(?:\\d{2})?${MONTH}${DAY}[T_ -]${CLOCK}(?!\\d)`, 'g'),
  /(?<!\d)[0-3]\d-[0-2]\d-[0-5]\d-[0-5]\d(?!\d)/g,
  /(?<!\d)[0-2]\d([-:.])[0-5]\d\1[0-5]\d(?!\d)/g,
  // Seconds or less since 1970.
  /(?<!\d)\d{9,}(?:\.\d+)?(?!\d)/g,
  // A digest, whole or shortened.
  /(?<![A-Za-z0-9])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![A-Za-z0-9])/g,
];

/** A day may have several runs. */
const DAYS = new RegExp(`(?<!\\d)${DATE}(?!\\d)`, 'g');
const PROCESS = /(?<![A-Za-z])pid[-_=]?\d+/gi;
/** Frameworks increment these if the folder exists: train2, exp12. */
const COUNTED = /^(train|val|test|predict|detect|segment|classify|pose|track|exp|run)\d+$/i;
/** Numbers chosen by a script, the same in every run. */
const GIVEN =
  /(?:^|[-_])(?:fold|split|seed|rank|worker|env|agent|player|client|node|gpu|layer|head|stage|level|task)[-_]*\d+$/i;

/** Patterns for the names of a run's writers; undefined if nothing is known about them. */
export interface WriterNames {
  hosts?: string;
  all?: RegExp;
}

export function namesOf(writers: readonly Writer[]): WriterNames {
  const hosts = new Set(writers.flatMap(({ host }) => (host ? [escaped(host)] : [])));
  // A short number may be anything.
  const pids = new Set(writers.flatMap(({ pid }) => (pid && pid.length > 3 ? [pid] : [])));
  const all = [...hosts, ...pids].join('|');
  return {
    ...(hosts.size > 0 && { hosts: [...hosts].join('|') }),
    ...(all && { all: new RegExp(`(?<![A-Za-z0-9])(?:${all})(?![A-Za-z0-9])`, 'g') }),
  };
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** @param isBelowFresh whether a folder above it is new: then there was nothing to increment */
export function stemOf(name: string, isBelowFresh: boolean, writers: WriterNames): Stem {
  let isFresh = false;
  let text = name;
  const drop = (pattern: RegExp) => (text = text.replaceAll(pattern, '\0'));
  const dropFresh = (pattern: RegExp) => {
    const before = text;
    isFresh = drop(pattern) !== before || isFresh;
  };
  // Jan15_10-30-00_host, and right behind it the comment that SummaryWriter takes.
  const host = writers.hosts === undefined ? '' : `(?:_(?:${writers.hosts}))?`;
  dropFresh(new RegExp(`(?<![A-Za-z])[A-Z][a-z]{2}\\d{1,2}_\\d{2}-\\d{2}-\\d{2}${host}`, 'g'));
  for (const pattern of FRESH) dropFresh(pattern);
  drop(DAYS);
  drop(PROCESS);
  if (writers.all) drop(writers.all);
  if (!isFresh && !isBelowFresh) text = uncounted(text);
  const left = text
    .replaceAll(/[-_. ,=]*\0[-_. ,=\0]*/g, '_')
    .replaceAll(text === name ? /^$/g : /^[-_. ,=]+|[-_. ,=]+$/g, '');
  return { text: left, isFresh };
}

function uncounted(name: string): string {
  if (/^\d+$/.test(name)) return '\0';
  if (GIVEN.test(name)) return name;
  const [, stem] = COUNTED.exec(name) ?? [];
  return stem ?? name.replace(/[-_]+\d+$/, '\0');
}

/** `events.out.tfevents.<seconds>.<host>.<pid>.<n>.v2`; not all writers put in all of it. */
export function writerOf(fileName: string): Writer {
  const [, rest = ''] = /tfevents\.\d+\.(.+)$/.exec(fileName) ?? [];
  const [, host, pid] = /^(.*?)\.(\d+)\.\d+(?:\..*)?$/.exec(rest) ?? [];
  if (host !== undefined && pid !== undefined) return { host, pid };
  return rest === '' ? {} : { host: rest };
}
