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

function read(): Readonly<Record<string, unknown>> {
  const text = globalThis.document?.querySelector<HTMLMetaElement>('meta[name=strings]')?.content;
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
