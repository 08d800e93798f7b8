/** Which runs are selected, by their ids: they stay so while rows come, go and move. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | undefined;
}

export const NOTHING: Selection = { ids: new Set(), anchor: undefined };

/** @param order the ids as they are shown */
export function select(
  { ids, anchor }: Selection,
  id: string,
  how: 'only' | 'toggle' | 'range',
  order: readonly string[],
): Selection {
  if (how === 'toggle') {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    return { ids: next, anchor: id };
  }
  const from = how === 'range' && anchor !== undefined ? order.indexOf(anchor) : -1;
  if (from < 0) return { ids: new Set([id]), anchor: id };
  const to = order.indexOf(id);
  return { ids: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), anchor };
}

/** What is left of it when runs have gone. */
export function retain({ ids, anchor }: Selection, exists: (id: string) => boolean): Selection {
  return {
    ids: new Set([...ids].filter(exists)),
    anchor: anchor !== undefined && exists(anchor) ? anchor : undefined,
  };
}
