import type { ColumnId } from '../../src/panels/table-messages.js';
import { clampWidth } from './columns.js';

/** A press that goes less far is a click. */
const SLACK_PX = 5;

/** Follows the pointer until it is let go, or Escape is pressed. */
function follow(
  start: PointerEvent,
  on: { move: (event: PointerEvent) => void; end: (event: PointerEvent | undefined) => void },
): void {
  const controller = new AbortController();
  const options = { signal: controller.signal, capture: true };
  const end = (event: PointerEvent | undefined) => {
    controller.abort();
    on.end(event);
  };
  start.preventDefault();
  addEventListener('pointermove', on.move, options);
  addEventListener('pointerup', end, options);
  addEventListener('pointercancel', () => end(undefined), options);
  addEventListener('keydown', (event) => event.key === 'Escape' && end(undefined), options);
}

export function dragWidth(
  start: PointerEvent,
  width: number,
  { change, done }: { change: (width: number) => void; done: () => void },
): void {
  follow(start, {
    move: (event) => change(clampWidth(width + event.clientX - start.clientX)),
    end: done,
  });
}

/** Takes a heading elsewhere; a line shows between which columns it would come. */
export function dragColumn(
  start: PointerEvent,
  grid: HTMLElement,
  { drop, click }: { drop: (before: ColumnId | undefined) => void; click: (event: PointerEvent) => void },
): void {
  const line = document.createElement('i');
  line.className = 'drop-line';
  let before: ColumnId | null | undefined = null;
  grid.focus({ preventScroll: true });
  follow(start, {
    move(event) {
      if (before === null && Math.abs(event.clientX - start.clientX) < SLACK_PX) return;
      const place = placeAt(grid, event.clientX);
      before = place.before;
      line.style.left = `${place.x}px`;
      if (!line.isConnected) grid.parentElement?.append(line);
    },
    end(event) {
      line.remove();
      if (!event) return;
      if (before === null) click(event);
      else drop(before);
    },
  });
}

/** The column before which something dropped at `x` comes; undefined is the end. Those in sight count. */
function placeAt(grid: HTMLElement, x: number): { before: ColumnId | undefined; x: number } {
  const left = grid.getBoundingClientRect().left;
  let end = 0;
  for (const heading of grid.querySelectorAll<HTMLElement>('.head [data-column]')) {
    const box = heading.getBoundingClientRect();
    if (x < box.left + box.width / 2) return { before: heading.dataset['column'], x: box.left - left };
    end = box.right - left;
  }
  return { before: undefined, x: end };
}
