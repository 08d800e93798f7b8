/** What a key does on a focused chart. */
export type ChartAction =
  /** Cursor by at least so many pixels; negative to the left. */
  | { do: 'move'; by: number }
  | { do: 'edge'; to: 'start' | 'end' }
  /** To the run whose curve lies below (1) or above (-1). */
  | { do: 'run'; by: 1 | -1 }
  /** Below 1 to see less of the axis, closer. */
  | { do: 'zoom'; factor: number }
  /** Takes back the last of: cursor, zoom, full size. */
  | { do: 'reset' }
  /** To full size and back. */
  | { do: 'expand' };

const FAR_PX = 40;

export function chartKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>,
): ChartAction | undefined {
  // The editor's own shortcuts.
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const pixels = event.shiftKey ? FAR_PX : 1;
  switch (event.key) {
    case 'ArrowLeft':
      return { do: 'move', by: -pixels };
    case 'ArrowRight':
      return { do: 'move', by: pixels };
    case 'ArrowUp':
      return { do: 'run', by: -1 };
    case 'ArrowDown':
      return { do: 'run', by: 1 };
    case 'Home':
      return { do: 'edge', to: 'start' };
    case 'End':
      return { do: 'edge', to: 'end' };
    case '+':
    case '=':
      return { do: 'zoom', factor: 0.5 };
    case '-':
    case '_':
      return { do: 'zoom', factor: 2 };
    case 'Enter':
      return { do: 'expand' };
    case 'Escape':
    case '0':
      return { do: 'reset' };
    default:
      return undefined;
  }
}
