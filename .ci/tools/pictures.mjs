// npm run pictures            takes the pictures of docs/images anew, from the project that `npm run demo` made
// npm run pictures -- panels [name]     those of docs/images/panels alone, or those whose names hold this: no demo
import fs from 'node:fs';
import path from 'node:path';
import { become, CACHE, ROOT } from './shell.mjs';
import { ensureBuild, ensureChromium, ensureDependencies, ensureNode } from './setup.mjs';

const [which, wanted = ''] = process.argv.slice(2);
const isPanels = which === 'panels';
ensureDependencies();
ensureBuild();
const demo = path.join(CACHE, 'demo');
if (!isPanels && !fs.existsSync(path.join(demo, 'home')))
  throw new Error('Run `npm run demo -- --headless` first: the pictures show its runs.');
const env = { ...process.env, CHROMIUM: ensureChromium() };
const take = (file, argument) =>
  become(ensureNode(), ['--import=tsx', path.join(ROOT, 'test', 'ui', file), argument], { cwd: ROOT, env });
process.exitCode = await take('gallery.ts', wanted);
if (!isPanels && !process.exitCode) process.exitCode = await take('pictures.ts', demo);
