import type { Plugin } from 'esbuild';
// @ts-expect-error a plain module of the build
import { cutDockerode } from '../../.ci/tools/cut-dockerode.mjs';
import { buildProgram } from './program.js';

/** Builds the watcher of containers into a folder. @returns the program and arguments that run it */
export function buildWatcher(folder: string): Promise<string[]> {
  return buildProgram('docker/watcher.ts', folder, {
    plugins: [cutDockerode as Plugin],
    banner: {
      js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
    },
  });
}
