// Sizes of the bundles, and how long the extension's takes to load, against the goals of the design.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

for (const [file, goal] of [
  ['dist/extension.js', 300],
  ['dist/webview/charts.js', 200],
  ['dist/webview/table.js', 200],
  ['dist/webview/compare.js', 200],
  ['dist/webview/run.js', 200],
  ['dist/cli.js', undefined],
  ['dist/server.js', undefined],
  ['dist/supervisor.js', undefined],
]) {
  const bytes = fs.readFileSync(file);
  const later = whenUsed(file);
  const sizes =
    `${(bytes.length / 1000).toFixed(0)} kB, ${(gzipSync(bytes).length / 1000).toFixed(0)} kB gzipped` +
    (later > 0 ? `, ${(later / 1000).toFixed(0)} kB in files beside it` : '');
  console.log(`${file.padEnd(24)} ${sizes}${goal ? `  (goal ${goal} kB)` : ''}`);
}

/** Bytes of the files that a bundle loads, most of them when they are first used. */
function whenUsed(file) {
  const folder = path.dirname(file);
  const parts = fs.readdirSync(folder).filter((name) => name.startsWith(`${path.basename(file, '.js')}.`));
  return parts
    .filter((name) => /-[A-Z0-9]{8}\.js$/.test(name))
    .reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
}

// The module alone, in a fresh process each time, with a stand-in for the editor's API; peer: an empty module.
const script = (file) => `
  import { registerHooks } from 'node:module';
  registerHooks({ resolve: (s, c, n) => s === 'vscode' ? { url: 'vscode:', format: 'module', shortCircuit: true } : n(s, c),
    load: (u, c, n) => u === 'vscode:' ? { format: 'module', shortCircuit: true,
      source: 'export const env = { language: "en" };' } : n(u, c) });
  const start = performance.now();
  await import(${JSON.stringify(file)}).catch((e) => { if (!String(e).includes('vscode')) throw e; });
  console.log(performance.now() - start);`;
const time = (file) =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', script(file)], { encoding: 'utf8' }));
const median = (f) => Array.from({ length: 9 }, f).sort((a, b) => a - b)[4];
const extension = new URL('../../dist/extension.js', import.meta.url).href;
const [ours, empty] = [median(() => time(extension)), median(() => time('data:text/javascript,'))];
console.log(
  `loading the extension    ${ours.toFixed(1)} ms; an empty module ${empty.toFixed(1)} ms  (goal of activation 30 ms)`,
);
