/** A command of a job file as the words that are run. */
const PLACEHOLDER = /\$\{\{\s*(?:inputs|outputs)\.[\w.-]+\s*\}\}/g;

/** What means something to a shell outside of quotes. */
const SPECIAL = /[\n\r$`|&;<>(){}*?[\]~#!^]/;
const SPECIAL_IN_DOUBLE_QUOTES = /[$`!\\]/;

/** Words that are no programs, or mean something else to a shell than the program of that name. */
const BUILTINS = new Set(
  '. : alias bg bind break builtin caller case cd command compgen complete continue coproc declare dirs disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait while'.split(
    ' ',
  ),
);

/**
 * A program with plain arguments is run as it is, so that the interpreter of the job’s environment is used and no shell is
 * needed. Everything else is for a shell, as in Azure.
 * @param parameters literals that the target puts in the place of `${{inputs.NAME}}`, as they are
 */
export function commandOf(text: string, parameters: Readonly<Record<string, string>>): string[] {
  return wordsOf(text.trim(), parameters) ?? ['bash', '-c', text];
}

function wordsOf(text: string, parameters: Readonly<Record<string, string>>): string[] | undefined {
  // A parameter is put in as it is: one with a space is two words to a shell.
  const isPlain = (value: string) => /^[\w@%+=:,./-]+$/.test(value);
  const used = [...text.matchAll(PLACEHOLDER)].map(([whole]) => whole.replace(/[\s${}]/g, ''));
  const values = used.flatMap((body) => parameters[body.replace(/^inputs\./, '')] ?? []);
  if (!values.every(isPlain)) return undefined;
  const marks: string[] = [];
  const marked = text.replace(PLACEHOLDER, (whole) => `\uE000${marks.push(whole) - 1}\uE001`);
  const words = split(marked);
  if (!words) return undefined;
  const [program = ''] = words;
  if (program === '' || BUILTINS.has(program) || /^\w+\+?=/.test(program)) return undefined;
  return words.map((word) =>
    word.replace(/\uE000(\d+)\uE001/g, (_, i: string) => marks[Number(i)] as string),
  );
}

/** The words of a line, as a shell splits it; undefined when the shell would do more with it, or a quote is not closed. */
function split(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (quote === '"' && SPECIAL_IN_DOUBLE_QUOTES.test(c)) return undefined;
      else word += c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= '';
    } else if (c === '\\') {
      const next = line[++i];
      if (next === undefined || next === '\n') return undefined;
      word = (word ?? '') + next;
    } else if (c === ' ' || c === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SPECIAL.test(c)) return undefined;
    else word = (word ?? '') + c;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
