/** A line of a run's code. */
export interface CodeLine {
  /** Relative to the root of the code, with `/`. */
  file: string;
  /** From 1. */
  line: number;
}
