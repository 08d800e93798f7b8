/** Positions in a text, as editors count them: lines and columns from 0, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `end` is behind the last character. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Turns offsets of a text into positions and back. */
export class Lines {
  private readonly starts: number[] = [0];
  private readonly length: number;

  constructor(text: string) {
    this.length = text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  position(offset: number): Position {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - (this.starts[low] as number) };
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** Of a position that may be behind the end of its line or of the text. */
  offset({ line, column }: Position): number {
    const start = this.starts[line];
    if (start === undefined) return this.length;
    const end = this.starts[line + 1] ?? this.length + 1;
    return Math.min(start + column, end - 1);
  }
}
