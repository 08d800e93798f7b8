/** A page of a list: what is on it, and the token of the next one, if there is one. */
interface Page<T> {
  items?: T[];
  next?: string;
}

/**
 * What is on all pages of a list. A token that was given before ends it, since it leads nowhere new.
 * @param first token of the first page; default: the beginning of the list
 */
export async function allPages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
  first?: string,
): Promise<T[]> {
  const found: T[] = [];
  const seen = new Set<string>();
  for (let token = first; ; seen.add(token)) {
    const { items = [], next } = await read(token);
    found.push(...items);
    if (!next || seen.has(next)) return found;
    token = next;
  }
}
