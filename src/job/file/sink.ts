import { below } from '../problems.js';
import type { FileProblem, FileProblemCode, Severity } from './problem.js';
import type { YamlFile } from './yaml.js';

export type Steps = readonly (string | number)[];

export interface Told {
  severity?: Severity;
  code: FileProblemCode;
  text: string;
  hint?: string;
  meant?: string;
}

/** Collects what is to tell about a file. */
export class Sink {
  readonly problems: FileProblem[] = [];
  readonly file: YamlFile;

  constructor(file: YamlFile) {
    this.file = file;
  }

  /** @param place offsets; default severity: error */
  tell(place: { start: number; end: number }, steps: Steps, { severity = 'error', ...told }: Told): void {
    this.problems.push({ ...told, severity, path: pathOf(steps), range: this.file.range(place) });
  }
}

/** `inputs.lr`, `tags[0]`. */
export function pathOf(steps: Steps): string {
  return steps.map(String).reduce(below, '');
}
