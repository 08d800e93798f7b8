/** Pointer input in the area of a plot. Positions are CSS pixels from its left and top. */
export interface Gestures {
  /** null when the pointer left, or moves the view. */
  onHover(at: { left: number; top: number } | null): void;
  onSelect(from: number, to: number): void;
  onReset(): void;
  /** Ctrl and wheel: more than 1 to see more. */
  onZoom(at: number, factor: number): void;
  /** The view is drawn so far to the right. */
  onPan(by: number): void;
}

/** A shorter drag is a click. */
const LEAST_PX = 5;
const MIDDLE = 1;

/**
 * Drag to select, with Shift or the middle button to move the view, double click to reset, Ctrl and wheel to zoom.
 *
 * @param selection element that marks the drag; hidden otherwise
 */
export function watchGestures(area: HTMLElement, selection: HTMLElement, on: Gestures): void {
  let drag: { kind: 'select' | 'pan'; pointer: number; from: number; at: number } | undefined;

  const show = () => {
    const { kind, from, at } = drag ?? { kind: 'pan', from: 0, at: 0 };
    const width = Math.abs(at - from);
    selection.hidden = kind === 'pan' || width < LEAST_PX;
    selection.style.left = `${Math.min(from, at)}px`;
    selection.style.width = `${width}px`;
    area.classList.toggle('panning', drag?.kind === 'pan');
  };
  const within = (left: number) => Math.max(0, Math.min(area.clientWidth, left));
  const end = () => {
    drag = undefined;
    show();
  };

  area.addEventListener('pointerdown', (event) => {
    if (drag || (event.button !== 0 && event.button !== MIDDLE)) return;
    const left = within(event.offsetX);
    const kind = event.shiftKey || event.button === MIDDLE ? 'pan' : 'select';
    drag = { kind, pointer: event.pointerId, from: left, at: left };
    area.setPointerCapture(event.pointerId);
    if (kind === 'pan') on.onHover(null);
    show();
  });
  area.addEventListener('pointermove', (event) => {
    if (drag?.pointer === event.pointerId) {
      const at = drag.kind === 'pan' ? event.offsetX : within(event.offsetX);
      const by = at - drag.at;
      drag.at = at;
      show();
      if (drag.kind === 'pan') {
        if (by !== 0) on.onPan(by);
        return;
      }
    }
    on.onHover({ left: within(event.offsetX), top: event.offsetY });
  });
  area.addEventListener('pointerup', (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const { kind, from, at } = drag;
    end();
    if (kind === 'select' && Math.abs(at - from) >= LEAST_PX)
      on.onSelect(Math.min(from, at), Math.max(from, at));
  });
  area.addEventListener('pointercancel', end);
  area.addEventListener('pointerleave', () => on.onHover(null));
  area.addEventListener('dblclick', () => on.onReset());
  // The middle button would start scrolling the page.
  area.addEventListener('mousedown', (event) => event.button === MIDDLE && event.preventDefault());
  area.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      on.onZoom(within(event.offsetX), 1.0015 ** Math.max(-200, Math.min(200, event.deltaY)));
    },
    { passive: false },
  );
}
