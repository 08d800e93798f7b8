import { t } from './l10n.js';

/**
 * Whether the steps of a series carry no information: two points or more, all at one step, as when a script logs
 * without steps. Such a series is drawn in the order of logging, or it would be a vertical line.
 */
export function isStepless(steps: Float64Array, length = steps.length): boolean {
  if (length < 2) return false;
  for (let i = 1; i < length; i++) if (steps[i] !== steps[0]) return false;
  return true;
}

/**
 * The note for lines that are drawn this way.
 *
 * @param total lines in all
 * @param how they are drawn
 */
export function saySteplessLines(
  count: number,
  total: number,
  how = t('drawn in the order they were logged'),
): string {
  const what = total === 1 ? t('All points have') : count === total ? t('All points of each line have') : '';
  return what !== ''
    ? t('{0} the same step, so they are {1}.', what, how)
    : t('{0} of {1} lines have all points at the same step. These are {2}.', count, total, how);
}
