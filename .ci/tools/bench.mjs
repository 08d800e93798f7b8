// npm run bench [-- name …]      each prints what it measured and against what; TRAINYARD_BENCH_SCALE=full takes longer
import fs from 'node:fs';
import path from 'node:path';
import { ensureContainers } from './containers.mjs';
import { become, ROOT } from './shell.mjs';
import {
  ensureBuild,
  ensureChromium,
  ensureDependencies,
  ensureNode,
  ensurePackages,
  ensurePython,
} from './setup.mjs';

ensureDependencies();
ensureBuild();
const node = ensureNode();
const folder = path.join(ROOT, 'test', 'bench');
const all = fs.readdirSync(folder).filter((name) => name.endsWith('.mjs') && !name.startsWith('_'));
const wanted = process.argv.slice(2);
const env = {
  ...process.env,
  ...(await ensureContainers()).env,
  CHROMIUM: ensureChromium(),
  TRAINYARD_TEST_PYTHON: ensurePython(),
  TRAINYARD_BENCH_MLFLOW: ensurePython(path.join(folder, 'requirements.txt')),
  TRAINYARD_BENCH_PAGES: ensurePackages(path.join(folder, 'peers', 'package.json')),
};
for (const name of all.sort()) {
  if (wanted.length > 0 && !wanted.includes(path.parse(name).name)) continue;
  console.log(`\n== ${path.parse(name).name}`);
  const code = await become(node, ['--import=tsx', path.join(folder, name)], { cwd: ROOT, env });
  if (code !== 0) process.exitCode = 1;
}
