import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Whether anything is mounted in the folder, for this process. Only Linux tells. */
export function mountedBelow(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  const start = `${fs.realpathSync(folder)}${path.sep}`;
  const lines = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.some((line) => unescaped(line.split(' ')[4] ?? '').startsWith(start));
}

/** See proc_pid_mountinfo(5): blanks and the like are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}
