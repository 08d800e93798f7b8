import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

/**
 * Builds a program of the targets into a folder.
 * @param source below src/targets
 * @returns the program and arguments that run it
 */
export async function buildProgram(
  source: string,
  folder: string,
  options: BuildOptions = {},
): Promise<string[]> {
  const file = path.join(folder, `${path.basename(source, '.ts')}.js`);
  await build({
    entryPoints: [fileURLToPath(new URL(`../../src/targets/${source}`, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    ...options,
  });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return [process.execPath, file];
}
