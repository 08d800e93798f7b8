import type { ChartsSettings, Limits, XAxis, YScale } from '../../src/panels/messages.js';
import type { Theme } from '../shared/theme.js';
import { bandOf, edgesOf } from './band.js';
import type { Line } from './draw.js';
import type { ChartLine } from './lines.js';
import { type Trace, traceOf } from './m4.js';
import type { PlotView } from './plot.js';
import { isBeyond, limited, type Range, symlogThreshold, yRange } from './range.js';
import { LINEAR, LOG, type Scale, symlog } from './scale.js';
import type { XKind } from './ticks.js';
import type { Tracer } from './tracer.js';

interface Shown {
  lines: readonly ChartLine[];
  x: Range;
  /** Pixels of the screen between the axes. */
  pixels: number;
  xAxis: XAxis;
  settings: Pick<ChartsSettings, 'yScale' | 'ignoreOutliers' | 'band'>;
  /** Ends of the y axis that a person set. */
  limits: Limits;
  /** The highlighted entry. */
  highlighted: string | undefined;
  theme: Theme;
}

export interface ChartView extends PlotView {
  /** All visible values lie outside the range that a person set. */
  isBeyond: boolean;
}

/** What a plot draws of these lines: their traces, and axes that they fit on. */
export function viewOf(shown: Shown, tracer: Tracer): ChartView {
  const { x, pixels, limits, highlighted, theme } = shown;
  const { yScale, ignoreOutliers, band } = shown.settings;
  const isLog = yScale === 'log';
  const lines = shown.lines.map(({ entry, look, curve, group, series }): Line => {
    const trace = tracer.trace(curve, series, { x, columns: pixels, isLog });
    if (group) trace.marks.push(...group.marks);
    return {
      id: entry.id,
      look,
      trace,
      smooth: curve.smooth && traceOf(curve, curve.smooth, x, pixels, isLog),
      band: group && band !== 'none' ? bandOf(group) : undefined,
    };
  });
  const traces = lines.flatMap(({ trace, band: around }) => (around ? [trace, ...edgesOf(around)] : trace));
  const scale = scaleOf(yScale, traces, x);
  const y = limited(yRange(traces, x, scale, ignoreOutliers), limits, scale);
  const xKind = kindOf(shown.xAxis);
  const isSet = limits.min !== undefined || limits.max !== undefined;
  return { xKind, x, y, scale, lines, highlighted, theme, isBeyond: isSet && isBeyond(traces, x, y) };
}

function scaleOf(kind: YScale, traces: readonly Trace[], x: Range): Scale {
  switch (kind) {
    case 'linear':
      return LINEAR;
    case 'log':
      return LOG;
    case 'symlog':
      return symlog(symlogThreshold(traces, x));
  }
}

function kindOf(axis: XAxis): XKind {
  return axis === 'step' ? 'count' : axis === 'relative' ? 'duration' : axis === 'time' ? 'time' : 'number';
}
