// npm run -s trainyard -- …      the command line, from a checkout
import path from 'node:path';
import { become, ROOT } from './shell.mjs';
import { ensureBuild, ensureDependencies, ensureNode } from './setup.mjs';

ensureDependencies();
ensureBuild();
// npm changes to the project's folder; the call is about the folder it was made in.
const cwd = process.env.INIT_CWD ?? process.cwd();
// After -- Node takes no option for its own: it has an --env-file, too.
const args = ['--', path.join(ROOT, 'dist', 'cli.js'), ...process.argv.slice(2)];
process.exitCode = await become(ensureNode(), args, { cwd });
