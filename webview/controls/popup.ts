import './popup.css';

/**
 * Places a popup below its button, inside the window, and closes it on Escape, on a click elsewhere and when it loses
 * the focus. The browser's popover does the rest: it is above everything else.
 */
export function openPopup(popup: HTMLElement, anchor: Element, alignment: 'start' | 'end' = 'start'): void {
  popup.showPopover();
  const around = anchor.getBoundingClientRect();
  const { width, height } = popup.getBoundingClientRect();
  const left = alignment === 'start' ? around.left : around.right - width;
  popup.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
  const below = around.bottom + 2;
  popup.style.top = `${below + height <= innerHeight - 4 ? below : Math.max(4, around.top - height - 2)}px`;
}

/** Up, Down, Home and End among the choices of a popup. */
export function moveFocus(event: KeyboardEvent, popup: HTMLElement, selector: string): void {
  const choices = [...popup.querySelectorAll<HTMLElement>(selector)];
  const at = choices.indexOf(document.activeElement as HTMLElement);
  const to =
    event.key === 'ArrowDown'
      ? at + 1
      : event.key === 'ArrowUp'
        ? at - 1
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? choices.length - 1
            : undefined;
  if (to === undefined || choices.length === 0) return;
  event.preventDefault();
  choices.at(Math.min(to, choices.length - 1))?.focus();
}
