import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../../src/targets/process/supervisor.ts', import.meta.url));

/** Builds the supervisor of jobs into a folder. @returns the program and arguments that run it */
export async function buildSupervisor(folder: string): Promise<string[]> {
  const file = path.join(folder, 'supervisor.js');
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return [process.execPath, file];
}
