/**
 * The scripts installed in the PATH. Each runs `launch.mjs` with the Node in the PATH, or else with the editor's own.
 */

/** A marker line: files that contain it are ours and may be overwritten or removed. */
export const MARK = 'Made by Trainyard (trainyard install-path).';

/** The variable that passes the editor's Node to the command. */
export const EDITOR_NODE = 'TRAINYARD_EDITOR_NODE';

export interface Launch {
  /** Absolute path of `launch.mjs`. */
  launch: string;
  /** Folder of the extension that the command was installed from. */
  extension: string;
  /** The editor's executable, which also works as Node. */
  editorNode: string;
}

/** For sh, and so for Git Bash. */
export function shellScript({ launch, extension, editorNode }: Launch): string {
  return `#!/bin/sh
# ${MARK}
launch=${quoted(launch)}
extension=${quoted(extension)}
editor_node=${quoted(editorNode)}
if command -v node >/dev/null 2>&1; then
  exec node -- "$launch" "$extension" "$editor_node" "$@"
fi
export ELECTRON_RUN_AS_NODE=1
exec "$editor_node" -- "$launch" "$extension" "$editor_node" "$@"
`;
}

/** For the shells of Windows. */
export function batchScript({ launch, extension, editorNode }: Launch): string {
  const words = [launch, extension, editorNode].map(inBatch).join(' ');
  return [
    '@echo off',
    `rem ${MARK}`,
    'setlocal',
    'where node >nul 2>nul',
    'if errorlevel 1 goto editor',
    `node -- ${words} %*`,
    'exit /b %errorlevel%',
    ':editor',
    'set ELECTRON_RUN_AS_NODE=1',
    `${inBatch(editorNode)} -- ${words} %*`,
    'exit /b %errorlevel%',
    '',
  ].join('\r\n');
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Windows paths cannot contain quotes. */
const inBatch = (text: string) => `"${text.replaceAll('%', '%%')}"`;
