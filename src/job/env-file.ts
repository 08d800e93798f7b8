/** The content of a `.env` file, parsed like python-dotenv does. */
export interface EnvFile {
  values: Record<string, string>;
  /** The numbers of the lines that cannot be parsed. */
  badLines: number[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** These are merged with Trainyard's own values, so they are not secrets, which would replace them. */
const PLAIN: readonly string[] = ['PYTHONPATH', 'NO_PROXY', 'no_proxy'];
/** Set for every job; a file that a project shares with other tools may name another server. */
const SET_BY_TRAINYARD =
  /^(TRAINYARD_\w*|MLFLOW_(TRACKING_(URI|TOKEN|USERNAME|PASSWORD)|RUN_ID|EXPERIMENT_ID))$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The variables of files, for a job. Files contain keys and passwords, so everything that is not clearly harmless is a
 * secret.
 */
export interface FileVariables {
  plain: Record<string, string>;
  secrets: Record<string, string>;
  /** Sentences about what was ignored. */
  notes: string[];
}

/**
 * The variables of several files for a job; those of the later files win.
 * @param env of the submitter, for `${NAME}` in values that no file has
 */
export function readEnvFiles(
  files: readonly { name: string; text: string }[],
  env: Variables,
): FileVariables {
  const values: Record<string, string> = {};
  const notes: string[] = [];
  for (const { name, text } of files) {
    const read = parseEnvFile(text, { ...env, ...values });
    if (read.badLines.length > 0)
      notes.push(`${name} has lines that cannot be read: ${read.badLines.join(', ')}.`);
    for (const [variable, value] of Object.entries(read.values))
      if (!VARIABLE.test(variable))
        notes.push(`“${variable}” in ${name} was ignored: it is not a valid variable name.`);
      else if (value.includes('\0'))
        notes.push(`${variable} in ${name} was ignored: it contains a NUL character.`);
      else if (SET_BY_TRAINYARD.test(variable))
        notes.push(`${variable} in ${name} was ignored: Trainyard sets it.`);
      else values[variable] = value;
  }
  const some = (isPlain: boolean) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => PLAIN.includes(name) === isPlain));
  return { plain: some(true), secrets: some(false), notes };
}

/**
 * Reads `NAME=value` lines: `export`, comments, quotes, escapes, values of several lines, and `${NAME}` or
 * `${NAME:-default}`, which are looked up above in the file, then in `env`. A name without `=` sets nothing.
 */
export function parseEnvFile(text: string, env: Variables = {}): EnvFile {
  const reader = new Reader(text.replace(/^\uFEFF/, ''));
  const values: Record<string, string> = {};
  const badLines: number[] = [];
  while (reader.skipBlank()) {
    const { line } = reader;
    const found = binding(reader);
    if (found === undefined) {
      badLines.push(line);
      reader.take(/[^\r\n]*(\r\n|\n|\r)?/y);
    } else if (found.value !== undefined) {
      const known = { ...env, ...values };
      values[found.name] = expand(found.value, known);
    } else if (found.name !== '') delete values[found.name];
  }
  return { values, badLines };
}

/** One line, or several if its value is quoted; undefined if it cannot be parsed. */
function binding(reader: Reader): { name: string; value?: string } | undefined {
  reader.take(/export[^\S\r\n]+/y);
  const next = reader.peek();
  const name =
    next === '#' ? '' : next === "'" ? reader.take(/'([^']+)'/y)?.[1] : reader.take(/([^=#\s]+)/y)?.[1];
  if (name === undefined) return undefined;
  reader.take(/[^\S\r\n]*/y);
  let value: string | undefined;
  if (reader.peek() === '=') {
    const sign = reader.take(/=[^\S\r\n]*/y)?.[0] ?? '';
    // `A= # note` is empty, and `A=#1` is not.
    value = sign.length > 1 && reader.peek() === '#' ? '' : valueOf(reader);
    if (value === undefined) return undefined;
  }
  reader.take(/([^\S\r\n]*#[^\r\n]*)?/y);
  if (!reader.take(/[^\S\r\n]*(\r\n|\n|\r|$)/y)) return undefined;
  return name === '' ? { name } : { name, ...(value !== undefined && { value }) };
}

function valueOf(reader: Reader): string | undefined {
  const next = reader.peek();
  if (next === "'") return reader.take(/'((?:\\'|[^'])*)'/y)?.[1]?.replaceAll(/\\([\\'])/g, '$1');
  if (next === '"')
    return reader
      .take(/"((?:\\"|[^"])*)"/y)?.[1]
      ?.replaceAll(/\\([\\'"abfnrtv])/g, (_, c: string) => ESCAPES[c] ?? c);
  if (next === '' || next === '\n' || next === '\r') return '';
  return reader
    .take(/([^\r\n]*)/y)?.[1]
    ?.replace(/\s+#.*/, '')
    .trimEnd();
}

const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function expand(value: string, known: Variables): string {
  return value.replaceAll(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_, name: string, otherwise: string | undefined) =>
    // Like python-dotenv: a default applies to unset variables, not to empty ones.
    Object.hasOwn(known, name) ? (known[name] ?? otherwise ?? '') : (otherwise ?? ''),
  );
}

/** Reads a text from its start to its end by sticky expressions. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get line(): number {
    return this.#text.slice(0, this.#at).split(/\r\n|\n|\r/).length;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (!match) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** Whether any text is left. */
  skipBlank(): boolean {
    this.take(/\s*/y);
    return this.#at < this.#text.length;
  }
}
