import path from 'node:path';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
// @ts-expect-error a plain module of the build
import { cutDockerode } from '../../.ci/tools/cut-dockerode.mjs';

const entry = fileURLToPath(new URL('../../src/targets/docker/watcher.ts', import.meta.url));

/** Builds the watcher of containers into a folder. @returns the program and arguments that run it */
export async function buildWatcher(folder: string): Promise<string[]> {
  const file = path.join(folder, 'watcher.js');
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    plugins: [cutDockerode as Plugin],
    banner: {
      js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
    },
  });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return [process.execPath, file];
}
