import { compareNames } from '../../src/base/order.js';
import type { XAxis } from '../../src/panels/messages.js';
import { t } from '../shared/l10n.js';

/** Metrics that measure training progress, the likeliest first. */
const PROGRESS = ['epoch', 'global_step', 'trainer/global_step', 'step', 'iteration', 'samples', 'tokens'];

/** The metric that an x axis is; undefined for step and times. */
export function axisMetric(axis: XAxis): string | undefined {
  return axis.startsWith('metric:') ? axis.slice('metric:'.length) : undefined;
}

export function axisName(axis: XAxis): string {
  return axisMetric(axis) ?? { step: t('Step'), relative: t('Relative'), time: t('Time') }[axis as 'step'];
}

/** Metrics for the x axis: epoch and its kind first, then by name, the machine's last. */
export function axisMetrics(metrics: Iterable<string>): string[] {
  const rank = (name: string) => {
    const at = PROGRESS.indexOf(name.toLowerCase());
    return at >= 0 ? at : name.startsWith('system/') ? PROGRESS.length + 1 : PROGRESS.length;
  };
  return [...metrics].sort((a, b) => rank(a) - rank(b) || compareNames(a, b));
}

/** The metric that gets its own button. */
export function likelyAxis(metrics: readonly string[]): string | undefined {
  return metrics.find((name) => PROGRESS.includes(name.toLowerCase()));
}
