import type { ChartVerb } from '../../src/panels/messages.js';

/**
 * What changed. `structure`: runs, metrics, sections, messages. `view`: how curves are drawn. `data`: points of the
 * metrics given. `cursor`: the place of the crosshair. `highlight`: the run or group that stands out.
 */
export type Change =
  | { what: 'structure' | 'view' | 'cursor' | 'highlight' }
  | { what: 'data'; keys: ReadonlySet<string> }
  /** Something is to be done with this chart. */
  | { what: 'act'; verb: ExportVerb; key: string };

/** The part that a chart does itself; the rest is up to the panel. */
export type ExportVerb = Exclude<ChartVerb, 'expand' | 'pin' | 'addMetric' | 'setLimits' | 'clearLimits'>;
