/** `${{inputs.x}}` and `${{outputs.y}}` in a command: only the place where a job runs knows the paths. */

/** What placeholders stand for there, by name. */
export interface Bindings {
  /** Values of parameters, and paths of data. */
  inputs: Readonly<Record<string, string>>;
  outputs: Readonly<Record<string, string>>;
}

const PLACEHOLDER = /\$\{\{\s*(inputs|outputs)\.([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}/g;

/**
 * The words with what they stand for, put in as it is: who wants a path with spaces to be one word of a shell writes quotes
 * around the placeholder, as in Azure ML. Placeholders of other names stay.
 */
export function fillPlaceholders(words: readonly string[], bindings: Bindings): string[] {
  return words.map((word) =>
    word.replace(PLACEHOLDER, (whole, kind: 'inputs' | 'outputs', name: string) =>
      Object.hasOwn(bindings[kind], name) ? bindings[kind][name]! : whole,
    ),
  );
}
