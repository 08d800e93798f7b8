/** Which runs are selected, by their ids: they stay so while rows come, go and move. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | undefined;
}

export const NOTHING: Selection = { ids: new Set(), anchor: undefined };

/**
 * @param picked runs that stand one after the other: one, or those of a group
 * @param order the ids as they are shown
 */
export function select(
  { ids, anchor }: Selection,
  picked: readonly string[],
  how: 'only' | 'toggle' | 'range',
  order: readonly string[],
): Selection {
  const [first] = picked;
  if (first === undefined) return { ids, anchor };
  if (how === 'toggle') {
    const next = new Set(ids);
    if (picked.every((id) => ids.has(id))) for (const id of picked) next.delete(id);
    else for (const id of picked) next.add(id);
    return { ids: next, anchor: first };
  }
  const from = how === 'range' && anchor !== undefined ? order.indexOf(anchor) : -1;
  if (from < 0) return { ids: new Set(picked), anchor: first };
  const begin = order.indexOf(first);
  const end = begin + picked.length;
  return { ids: new Set(order.slice(Math.min(from, begin), Math.max(from + 1, end))), anchor };
}

/** What is left of it when runs have gone. */
export function retain({ ids, anchor }: Selection, exists: (id: string) => boolean): Selection {
  return {
    ids: new Set([...ids].filter(exists)),
    anchor: anchor !== undefined && exists(anchor) ? anchor : undefined,
  };
}
