/** What a key does in the table. */
export type GridAction =
  /** The active cell; rows and columns by so many, or to an end with ±Infinity. */
  | { do: 'move'; rows: number; columns: number; extends: boolean }
  | { do: 'page'; by: 1 | -1; extends: boolean }
  | { do: 'toggle' }
  | { do: 'all' }
  | { do: 'none' }
  | { do: 'open' }
  /** The note of the active run, or its name. */
  | { do: 'edit' }
  | { do: 'sort'; adds: boolean }
  | { do: 'menu' }
  | { do: 'shift'; by: 1 | -1 }
  | { do: 'delete' }
  | { do: 'copy' };

type Keys = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** @param inHead whether the active cell is a heading */
export function gridKey(event: Keys, inHead: boolean): GridAction | undefined {
  const { key, shiftKey, altKey } = event;
  const isMain = event.ctrlKey || event.metaKey;
  const move = (rows: number, columns: number): GridAction => ({
    do: 'move',
    rows,
    columns,
    extends: shiftKey,
  });
  if (altKey) {
    if (inHead && key === 'ArrowLeft') return { do: 'shift', by: -1 };
    if (inHead && key === 'ArrowRight') return { do: 'shift', by: 1 };
    return inHead && key === 'ArrowDown' ? { do: 'menu' } : undefined;
  }
  if (isMain) {
    switch (key) {
      case 'a':
        return { do: 'all' };
      case 'c':
        return { do: 'copy' };
      case 'Home':
        return move(-Infinity, -Infinity);
      case 'End':
        return move(Infinity, Infinity);
      default:
        return undefined;
    }
  }
  switch (key) {
    case 'ArrowUp':
      return move(-1, 0);
    case 'ArrowDown':
      return move(1, 0);
    case 'ArrowLeft':
      return move(0, -1);
    case 'ArrowRight':
      return move(0, 1);
    case 'Home':
      return move(0, -Infinity);
    case 'End':
      return move(0, Infinity);
    case 'PageUp':
      return { do: 'page', by: -1, extends: shiftKey };
    case 'PageDown':
      return { do: 'page', by: 1, extends: shiftKey };
    case ' ':
      return inHead ? { do: 'sort', adds: shiftKey } : { do: 'toggle' };
    case 'Enter':
      return inHead ? { do: 'sort', adds: shiftKey } : { do: 'open' };
    case 'ContextMenu':
      return inHead ? { do: 'menu' } : undefined;
    case 'F2':
      return inHead ? undefined : { do: 'edit' };
    case 'Escape':
      return { do: 'none' };
    case 'Delete':
      return inHead ? undefined : { do: 'delete' };
    default:
      return undefined;
  }
}
