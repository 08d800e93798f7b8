/** A command of a job file as the words that are run. */
import { splitArguments } from '../../arguments.js';

const PLACEHOLDER = /\$\{\{\s*(?:inputs|outputs)\.[\w.-]+\s*\}\}/g;

/** What a shell does more than split a line into words: variables, patterns, pipes, several commands. */
const OF_A_SHELL = /[\n\r$`|&;<>(){}*?[\]~#!^\\]/;

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
  const marked = text.replace(PLACEHOLDER, (whole) => `\u0001${marks.push(whole) - 1}\u0002`);
  // In single quotes everything is plain; in double quotes and without, some characters are not.
  if (OF_A_SHELL.test(marked.replace(/'[^']*'/g, ''))) return undefined;
  let words: string[];
  try {
    words = splitArguments(marked);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  const [program = ''] = words;
  if (program === '' || BUILTINS.has(program) || /^\w+\+?=/.test(program)) return undefined;
  return words.map((word) =>
    word.replace(/\u0001(\d+)\u0002/g, (_, i: string) => marks[Number(i)] as string),
  );
}
