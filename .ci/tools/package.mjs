// npm run package      builds for production and makes the .vsix
import { become, ROOT } from './shell.mjs';
import { ensureBuild, ensureDependencies, packaging } from './setup.mjs';

ensureDependencies();
ensureBuild();
const { program, args } = packaging();
process.exitCode = await become(program, [...args, ...process.argv.slice(2)], { cwd: ROOT });
