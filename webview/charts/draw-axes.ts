import type { Theme } from '../shared/theme.js';
import { type Axes, LABEL, LABEL_GAP } from './axis-layout.js';
import { project } from './frame.js';
import { hairline, type Surface } from './surface.js';

/** A line for each label of the y axis, the x axis below, zero where the values lie on both sides of it. */
export function drawAxes(surface: Surface, { frame, x, y }: Axes, theme: Theme): void {
  const { left, top, width, height } = frame;
  const { px, py } = project(frame);
  const { width: thin, snap } = hairline(surface);
  const [from, to] = [snap(left), snap(left + width)];

  const grid = surface.newPath();
  const across = (place: number) => {
    grid.moveTo(from, snap(place));
    grid.lineTo(to, snap(place));
  };
  for (const { at } of y) across(py(at));
  const bottom = top + height;
  if (!y.some(({ at }) => at === frame.y.min)) across(bottom);
  surface.stroke(grid, { colour: theme.grid, width: thin });

  if (frame.y.min < 0 && frame.y.max > 0) {
    const zero = surface.newPath();
    zero.moveTo(from, snap(py(0)));
    zero.lineTo(to, snap(py(0)));
    surface.stroke(zero, { colour: theme.muted, width: thin, alpha: 0.5 });
  }

  for (const { at, label } of y)
    surface.text(label, left - LABEL_GAP, py(at), { ...LABEL, colour: theme.muted, align: 'right' });
  for (const { at, label } of x)
    surface.text(label, px(at), bottom + LABEL_GAP + LABEL.size / 2, {
      ...LABEL,
      colour: theme.muted,
      align: 'center',
    });
}
