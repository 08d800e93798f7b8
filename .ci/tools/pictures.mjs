// npm run pictures      takes the pictures of docs/images anew, from the project that `npm run demo` made
import fs from 'node:fs';
import path from 'node:path';
import { become, CACHE, ROOT } from './shell.mjs';
import { ensureBuild, ensureChromium, ensureDependencies, ensureNode } from './setup.mjs';

ensureDependencies();
ensureBuild();
const demo = path.join(CACHE, 'demo');
if (!fs.existsSync(path.join(demo, 'home')))
  throw new Error('Run `npm run demo -- --headless` first: the pictures show its runs.');
const env = { ...process.env, CHROMIUM: ensureChromium() };
const take = path.join(ROOT, 'test', 'ui', 'pictures.ts');
process.exitCode = await become(ensureNode(), ['--import=tsx', take, demo], { cwd: ROOT, env });
