/**
 * Makes the bytes of a log into text for a terminal: a line feed alone becomes a carriage return and a line feed, a
 * carriage return alone (a progress bar) stays, and characters and line ends cut by a chunk's border come out whole.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder();
  #endsInReturn = false;

  decode(chunk: Uint8Array): string {
    const text = this.#decoder.decode(chunk, { stream: true });
    const wasReturn = this.#endsInReturn;
    if (text !== '') this.#endsInReturn = text.endsWith('\r');
    return text.replaceAll('\n', (_, at: number) =>
      (at === 0 ? wasReturn : text[at - 1] === '\r') ? '\n' : '\r\n',
    );
  }

  /** What a log that ends within a character leaves. */
  end(): string {
    return this.#decoder.decode();
  }
}

/** Faint, on a line of its own. */
export function aside(text: string): string {
  return `\r\n\u001B[2m${text}\u001B[0m\r\n`;
}
