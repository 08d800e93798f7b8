import type { RunState } from '../../src/workspace/types.js';
import { t } from './l10n.js';

/** Look of a run's state: icon of webview/controls/icons.css, colour class of charts.css, and the word for it. */
export const RUN_STATES: Record<RunState, { icon: string; tone: string; label: string }> = {
  queued: { icon: 'watch', tone: 'muted', label: t('queued') },
  preparing: { icon: 'loading', tone: 'muted', label: t('preparing') },
  running: { icon: 'loading', tone: 'active', label: t('running') },
  collecting: { icon: 'loading', tone: 'muted', label: t('collecting files') },
  finished: { icon: 'check', tone: 'muted', label: t('finished') },
  failed: { icon: 'error', tone: 'bad', label: t('failed') },
  cancelled: { icon: 'circle-slash', tone: 'muted', label: t('cancelled') },
};

export const ACTIVE: ReadonlySet<RunState> = new Set<RunState>([
  'queued',
  'preparing',
  'running',
  'collecting',
]);
