import { shareOf } from '../shared/share.js';
import type { Box, Frame } from './frame.js';
import type { Range } from './range.js';
import type { Scale } from './scale.js';
import type { Ruler, TextLook } from './surface.js';
import { type Tick, type XKind, xTicks, yTicks } from './ticks.js';

/** What the axes show. */
export interface AxesView {
  xKind: XKind;
  x: Range;
  y: Range;
  scale: Scale;
}

/** A frame and the labels around it. */
export interface Axes {
  frame: Frame;
  x: readonly Tick[];
  y: readonly Tick[];
}

export const LABEL: Pick<TextLook, 'size'> = { size: 11 };
/** Between a label of the y axis and the frame. */
export const LABEL_GAP = 6;
/** Most charts have this much room for the labels of the y axis, so that their left edges are in line. */
const LEFT = 50;
const TOP = 8;
const RIGHT = 18;
const BOTTOM = 24;
/** Least room between two labels of the x axis. */
const X_GAP = 8;

/** Puts frame and labels into a box of the surface. */
export function layoutAxes({ xKind, x, y, scale }: AxesView, box: Box, ruler: Ruler): Axes {
  const height = Math.max(1, box.height - TOP - BOTTOM);
  const yAxis = yTicks(scale, y, height);
  const widest = yAxis.reduce((most, { label }) => Math.max(most, ruler.measure(label, LABEL)), 0);
  const left = Math.max(LEFT, Math.ceil(widest) + LABEL_GAP + 8);
  const width = Math.max(1, box.width - left - RIGHT);
  const frame = { left: box.left + left, top: box.top + TOP, width, height, x, y, scale };
  return { frame, x: apart(xTicks(xKind, x, width), frame, box, ruler), y: yAxis };
}

/** The labels that do not overlap earlier ones and stay inside the box. */
function apart(ticks: readonly Tick[], { left, width, x }: Frame, box: Box, ruler: Ruler): Tick[] {
  let end = box.left;
  return ticks.filter(({ at, label }) => {
    const middle = left + shareOf(at, x.min, x.max) * width;
    const half = ruler.measure(label, LABEL) / 2;
    if (middle - half < end || middle + half > box.left + box.width) return false;
    end = middle + half + X_GAP;
    return true;
  });
}
