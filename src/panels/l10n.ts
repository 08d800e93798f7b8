/** Marks a text that pages show in the language of the editor: a translator finds it where it is written. */
export function forPage(text: string): string {
  return text;
}
