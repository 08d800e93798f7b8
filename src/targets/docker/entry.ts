/**
 * The first process of a container: it reads what nobody else is to see from its standard input, and becomes the job. So secrets
 * are not in what `docker inspect` shows, nor on a disk, and a container whose server was killed before it told them runs nothing.
 */
import { randomBytes } from 'node:crypto';

/** The exit code of a container that was told nothing. */
export const NOT_TOLD = 97;

/** Arguments: the line around what is told (Podman hands on the body of the request before it), the file for the output ('' for none), and the words to run. Nothing but `sh` is needed. */
const SCRIPT = `_ty_text= _ty_line= _ty_end='
'
while IFS= read -r _ty_line; do
  [ "$_ty_line" = "$1" ] && break
done
while IFS= read -r _ty_line; do
  [ "$_ty_line" = "$1" ] && break
  _ty_text=$_ty_text$_ty_line$_ty_end
done
[ "$_ty_line" = "$1" ] || exit ${NOT_TOLD}
[ -z "$2" ] || exec >>"$2"
exec 2>&1
eval "$_ty_text"
unset _ty_text _ty_line _ty_end
shift 2
case $1 in
  python) _ty_other=python3 ;;
  bash) _ty_other=sh ;;
  *) _ty_other= ;;
esac
if [ -n "$_ty_other" ] && ! command -v "$1" >/dev/null && command -v "$_ty_other" >/dev/null; then
  shift
  set -- "$_ty_other" "$@"
fi
unset _ty_other
exec "$@" </dev/null`;

export interface Entry {
  entrypoint: string[];
  command: string[];
  /** For standard input. @param umask of the job's process */
  tell(variables: Readonly<Record<string, string>>, umask?: number): string;
}

/** @param log path in the container of the file for both streams; '': they go to the engine, as one, in their order */
export function entryOf(words: readonly string[], log: string): Entry {
  const end = randomBytes(16).toString('hex');
  return {
    entrypoint: ['/bin/sh', '-c', SCRIPT, 'sh'],
    command: [end, log, ...words],
    tell: (variables, umask) =>
      [
        '',
        end,
        ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
        ...(umask === undefined ? [] : [`umask ${umask.toString(8).padStart(4, '0')}`]),
        end,
        '',
      ].join('\n'),
  };
}

/** Whether a shell can be told a variable of this name. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
