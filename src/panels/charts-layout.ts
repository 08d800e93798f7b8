import { messageOf, TrainyardError } from '../base/errors.js';
import type { ChartsLayout, Limits } from './messages.js';

const VERSION = 1;

export const DEFAULT_LAYOUT: ChartsLayout = {
  settings: {
    xAxis: 'step',
    yScale: 'linear',
    smoothingKind: 'exponential',
    smoothing: 0,
    ignoreOutliers: false,
    groupBy: null,
    band: 'range',
  },
  size: { width: 330, height: 208 },
  pinned: [],
  order: {},
  toggled: [],
  limits: {},
};

/** A layout of which parts may be missing, as an older version kept it. */
export type LayoutPart = Partial<Omit<ChartsLayout, 'settings'>> & {
  /** `logY` was there before `yScale`. */
  settings?: Partial<ChartsLayout['settings']> & { logY?: boolean };
};

export function completeLayout(part: LayoutPart): ChartsLayout {
  const { logY, ...settings } = part.settings ?? {};
  const older = logY ? ({ yScale: 'log' } as const) : {};
  return { ...DEFAULT_LAYOUT, ...part, settings: { ...DEFAULT_LAYOUT.settings, ...older, ...settings } };
}

// ---- the file: the same layout is always the same text, a name on a line, so that changes of it are read well

export function writeLayout(layout: ChartsLayout): string {
  const { settings, size, pinned, order, toggled, limits } = layout;
  const each = Object.keys(limits).sort();
  const file = {
    version: VERSION,
    settings: inOrder(settings, Object.keys(SETTINGS)),
    size: inOrder(size, Object.keys(SIZE)),
    pinned,
    order: inOrder(order, Object.keys(order).sort()),
    toggled: [...toggled].sort(),
    limits: Object.fromEntries(each.map((chart) => [chart, inOrder(limits[chart]!, ['min', 'max'])])),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** What the file leaves out is as in a new panel. @throws BAD_REQUEST with everything that is wrong with it */
export function readLayout(text: string): ChartsLayout {
  const problems: string[] = [];
  const check = (value: unknown, { fits, wanted }: Rule, at: string) => {
    if (!fits(value)) problems.push(`${at} must be ${wanted}.`);
  };
  const checkEach = (value: unknown, rules: Record<string, Rule>, at: string) => {
    for (const [name, each] of Object.entries(isObject(value) ? value : {})) {
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      if (rule) check(each, rule, `“${at}${name}”`);
      else problems.push(`“${at}${name}” is not part of a layout.`);
    }
  };

  const file = parse(text);
  if (file['version'] !== VERSION) {
    const isNewer = typeof file['version'] === 'number' && file['version'] > VERSION;
    throw problem(
      isNewer ? 'The layout was saved by a newer Trainyard.' : `The layout has no “version”: ${VERSION}.`,
      isNewer ? 'Update the extension.' : 'Save it again with Save Charts Layout to File.',
    );
  }
  const { version: _, ...parts } = file;
  checkEach(parts, LAYOUT, '');
  checkEach(parts['settings'], { ...SETTINGS, smoothing: smoothingRule(parts['settings']) }, 'settings.');
  checkEach(parts['size'], SIZE, 'size.');
  if (problems.length > 0) throw problem(problems.join(' '), 'Correct the file, or save it again.');
  const part = parts as LayoutPart;
  return completeLayout({ ...part, size: { ...DEFAULT_LAYOUT.size, ...part.size } });
}

function parse(text: string): Record<string, unknown> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw problem(`The layout is not JSON: ${messageOf(error)}.`, 'Correct the file, or save it again.');
  }
  if (!isObject(file))
    throw problem('The layout is not a JSON object.', 'Correct the file, or save it again.');
  return file;
}

interface Rule {
  fits: (value: unknown) => boolean;
  /** After “must be”. */
  wanted: string;
}

const YES_OR_NO: Rule = { fits: (value) => typeof value === 'boolean', wanted: 'true or false' };
const NAMES: Rule = { fits: isNames, wanted: 'a list of names' };
const OBJECT: Rule = { fits: isObject, wanted: 'an object' };

function oneOf(...values: string[]): Rule {
  return {
    fits: (value) => values.includes(value as string),
    wanted: values.map((v) => `“${v}”`).join(' or '),
  };
}

function between(least: number, most: number): Rule {
  const fits = (value: unknown) => typeof value === 'number' && value >= least && value <= most;
  return { fits, wanted: `a number from ${least} to ${most}` };
}

/** In the order in which they are written. */
const SETTINGS: Record<keyof ChartsLayout['settings'], Rule> = {
  xAxis: {
    fits: (value) => /^(step|relative|time|metric:.+)$/.test(String(value)),
    wanted: '“step”, “relative”, “time” or “metric:” and its name',
  },
  yScale: oneOf('linear', 'log', 'symlog'),
  smoothingKind: oneOf('exponential', 'average', 'gaussian'),
  smoothing: between(0, 0.99),
  ignoreOutliers: YES_OR_NO,
  groupBy: {
    fits: (value) => value === null || /^(param|tag):./.test(String(value)),
    wanted: 'null, or “param:” or “tag:” and its name',
  },
  band: oneOf('range', 'deviation', 'none'),
};

/** The amount of an average is a number of points. */
function smoothingRule(settings: unknown): Rule {
  const kind = isObject(settings) ? settings['smoothingKind'] : undefined;
  return kind === 'average' ? between(1, 199) : kind === 'gaussian' ? between(0, 56) : SETTINGS.smoothing;
}

const SIZE: Record<keyof ChartsLayout['size'], Rule> = {
  width: between(160, 2000),
  height: between(80, 2000),
};
const LAYOUT: Record<keyof ChartsLayout, Rule> = {
  settings: OBJECT,
  size: OBJECT,
  pinned: NAMES,
  order: {
    fits: (value) => isObject(value) && Object.values(value).every(isNames),
    wanted: 'an object with a list of names for each section',
  },
  toggled: NAMES,
  limits: {
    fits: (value) => isObject(value) && Object.values(value).every(isLimits),
    wanted: 'an object with “min”, “max” or both for each chart, numbers, the smaller first',
  },
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isLimits(value: unknown): boolean {
  if (!isObject(value) || !Object.values(value).every(Number.isFinite)) return false;
  const { min = -Infinity, max = Infinity, ...others } = value as Limits;
  return min < max && Object.keys(others).length === 0;
}

function inOrder<T extends object>(value: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(names.map((name) => [name, value[name as keyof T]])) as Partial<T>;
}

function problem(message: string, hint: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', message, { hint });
}
