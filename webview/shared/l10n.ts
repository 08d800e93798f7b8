/** Texts in the language of the editor, by what they are in English: the host puts them into the page. */
const strings: Readonly<Record<string, unknown>> = read();

/**
 * A text in the language of the editor, with `{0}`, `{1}` … filled in. What it is in English must be written out here, so
 * that it is found for translators (`l10n/bundle.l10n.json`).
 */
export function t(message: string, ...args: readonly (string | number | undefined)[]): string {
  const found = strings[message];
  const text = typeof found === 'string' ? found : message;
  return text.replaceAll(/\{(\d+)\}/g, (hole, index: string) => String(args[Number(index)] ?? hole));
}

/** A text with a number: `one` for one, with the number as `{0}` in both. */
export function count(number: number, one: string, others: string, shown: string | number = number): string {
  return t(number === 1 ? one : others, shown);
}

/** A text with an element in place of its `{0}`, as parts that a template shows one after another. */
export function around<T>(text: string, element: T): [before: string, element: T, after: string] {
  const [before = '', ...after] = text.split('{0}');
  return [before, element, after.join('{0}')];
}

function read(): Readonly<Record<string, unknown>> {
  const text = globalThis.document?.querySelector<HTMLMetaElement>('meta[name=strings]')?.content;
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
