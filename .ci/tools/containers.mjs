// node .ci/tools/containers.mjs      an engine and the images for tests; prints how the tests get them, as JSON:
// { env, started? } with the variables and the process id of a daemon that was started, or { missing } with the reason
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { ensureEngine } from './engine.mjs';
import { ensureImages } from './images.mjs';
import { say } from './shell.mjs';

/** Starts this file as a process of its own, so that tests may run meanwhile. @returns a promise of what it prints */
export function ensureContainers() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`containers.mjs ended with ${signal ?? code}`));
    });
  });
}

async function main() {
  if (!fs.existsSync('/usr/bin/apt-get'))
    return { missing: 'the images for tests are made of Debian’s packages' };
  let engine;
  try {
    engine = await ensureEngine();
  } catch (error) {
    return { missing: error.message };
  }
  // Others test meanwhile, with short limits. The daemon is not slowed down.
  os.setPriority(10);
  const images = await ensureImages();
  const names = Object.entries(images).map(([name, image]) => [
    `TRAINYARD_TEST_IMAGE_${name.toUpperCase()}`,
    image,
  ]);
  return {
    env: { TRAINYARD_TEST_DOCKER: engine.address, ...Object.fromEntries(names) },
    started: engine.started,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await main();
  if (result.missing) say(`No containers: ${result.missing}`);
  console.log(JSON.stringify(result));
}
