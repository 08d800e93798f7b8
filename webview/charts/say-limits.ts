import type { Limits, YScale } from '../../src/panels/messages.js';
import { t } from '../shared/l10n.js';

/** The ends of a y axis that a person set, in a sentence. */
export function sayLimits({ min, max }: Limits, yScale: YScale): string {
  const isBeyond = yScale === 'log' && [min, max].some((end) => end !== undefined && end <= 0);
  const said =
    min === undefined
      ? t('The y axis was set to {0}.', max ?? '')
      : max === undefined
        ? t('The y axis was set from {0}.', min)
        : t('The y axis was set from {0} to {1}.', min, max);
  return isBeyond ? `${said} ${t('A logarithmic axis cannot show zero or negative values.')}` : said;
}
