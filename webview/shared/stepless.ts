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

/** How such lines are drawn: in the order of logging, or by time if the axis is a metric. */
export type SteplessDrawing = 'order' | 'time';

/** The note for lines that are drawn this way. @param total lines in all */
export function saySteplessLines(count: number, total: number, by: SteplessDrawing = 'order'): string {
  if (total === 1)
    return by === 'order'
      ? t('All points have the same step, so they are drawn in the order they were logged.')
      : t('All points have the same step, so they are matched by their times.');
  if (count === total)
    return by === 'order'
      ? t('All points of each line have the same step, so they are drawn in the order they were logged.')
      : t('All points of each line have the same step, so they are matched by their times.');
  return by === 'order'
    ? t(
        '{0} of {1} lines have all points at the same step. These are drawn in the order they were logged.',
        count,
        total,
      )
    : t('{0} of {1} lines have all points at the same step. These are matched by their times.', count, total);
}
