import type { RunState } from '../../src/workspace/types.js';

/** Look of a run's state: icon of webview/controls/icons.css, colour class of charts.css, and the word for it. */
export const RUN_STATES: Record<RunState, { icon: string; tone: string; label: string }> = {
  queued: { icon: 'watch', tone: 'muted', label: 'queued' },
  preparing: { icon: 'loading', tone: 'muted', label: 'preparing' },
  running: { icon: 'loading', tone: 'active', label: 'running' },
  collecting: { icon: 'loading', tone: 'muted', label: 'collecting files' },
  finished: { icon: 'check', tone: 'muted', label: 'finished' },
  failed: { icon: 'error', tone: 'bad', label: 'failed' },
  cancelled: { icon: 'circle-slash', tone: 'muted', label: 'cancelled' },
};

export const ACTIVE: ReadonlySet<RunState> = new Set<RunState>([
  'queued',
  'preparing',
  'running',
  'collecting',
]);
