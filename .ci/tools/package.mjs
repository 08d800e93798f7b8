// npm run package      builds for production and makes the .vsix
import path from 'node:path';
import { become, ROOT } from './shell.mjs';
import { ensureBuild, ensureDependencies, ensureNode } from './setup.mjs';

ensureDependencies();
ensureBuild();
const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
process.exitCode = await become(
  ensureNode(),
  [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'],
  { cwd: ROOT },
);
