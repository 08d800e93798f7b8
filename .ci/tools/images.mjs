// Images for tests, made without a registry of images: of Debian's packages and of wheels.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { aptInstall, aptUpdate, ensurePython, hash } from './setup.mjs';
import { CACHE, install, once, ROOT, say } from './shell.mjs';

// What this machine trusts; behind a proxy of a company that is more than what comes with pip.
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const RECIPES = path.join(ROOT, '.ci', 'images');
const REQUIREMENTS = path.join(ROOT, 'examples', 'digits', 'requirements.txt');
// prettier-ignore
const PACKAGES = ['bash', 'coreutils', 'dash', 'findutils', 'grep', 'libstdc++6', 'mawk', 'procps', 'python3', 'sed', 'tar'];

/**
 * Each image under the name of its recipe's content, e.g. `trainyard-test/shell:0123456789ab`, built where it is missing.
 * What goes in is kept in the cache, so another engine gets it without any download.
 * @param names of `shell`, `noshell` and `python`; all by default
 * @returns the names of the images by these
 */
export async function ensureImages(names = Object.keys(IMAGES)) {
  const { default: Docker } = await import('dockerode');
  const docker = new Docker();
  if (!fs.existsSync(CERTIFICATES)) aptInstall(['ca-certificates']);
  const certificates = fs.readFileSync(CERTIFICATES, 'utf8');
  const images = {};
  for (const name of names) {
    const { recipe, context } = IMAGES[name];
    const dockerfile = fs.readFileSync(path.join(RECIPES, name, 'Dockerfile'), 'utf8');
    const content = hash([debian(), process.arch, ...recipe()].join('\0'));
    images[name] = `trainyard-test/${name}:${hash([dockerfile, certificates, content].join('\0'))}`;
    if (await exists(docker, images[name])) continue;
    const folder = context(content);
    say(`Building the image ${images[name]}`);
    await build(docker, images[name], [folder, path.join(RECIPES, name), CERTIFICATES]);
  }
  return images;
}

/** An image in which the demo's script runs: that of the tests on Debian, elsewhere one on the base of Docker Hub's. */
export async function demoImage() {
  if (fs.existsSync('/usr/bin/apt-get')) return (await ensureImages(['python'])).python;
  const { default: Docker } = await import('dockerode');
  const docker = new Docker();
  const recipe = path.join(RECIPES, 'demo');
  const content = [path.join(recipe, 'Dockerfile'), REQUIREMENTS].map((file) =>
    fs.readFileSync(file, 'utf8'),
  );
  const image = `trainyard-demo:${hash(content.join('\0'))}`;
  if (await exists(docker, image)) return image;
  say(`Building the image ${image}`);
  await build(docker, image, [recipe, REQUIREMENTS]);
  return image;
}

const IMAGES = {
  shell: { recipe: () => [], context: busybox },
  noshell: { recipe: () => [], context: busybox },
  python: {
    recipe: () => [...PACKAGES, fs.readFileSync(REQUIREMENTS, 'utf8'), fill.toString()],
    context: (key) => once(path.join(CACHE, `image-python-${key}`), fill),
  },
};

/** A folder with a static busybox. */
function busybox() {
  return once(path.join(CACHE, `busybox-${debian()}-${process.arch}`), (folder) => {
    unpack(folder, ['busybox-static'], path.join(folder, 'root'));
    fs.renameSync(path.join(folder, 'root', 'bin', 'busybox'), path.join(folder, 'busybox'));
    fs.rmSync(path.join(folder, 'root'), { recursive: true });
  });
}

/** root.tar: the packages as they are unpacked, with the wheels and pip in the place for local ones. */
function fill(folder) {
  const root = path.join(folder, 'root');
  unpack(folder, PACKAGES, root);
  const lib = path.join(root, 'usr', 'lib');
  const python = fs.readdirSync(lib).find((name) => /^python3\.\d+$/.test(name));
  // Here pip may install for the whole system, as in the images of Docker Hub.
  fs.rmSync(path.join(lib, python, 'EXTERNALLY-MANAGED'), { force: true });
  for (const name of ['doc', 'man', 'locale', 'perl'])
    fs.rmSync(path.join(root, 'usr', 'share', name), { recursive: true, force: true });
  const local = path.join(root, 'usr', 'local');
  const site = path.join(local, 'lib', python, 'dist-packages');
  const options = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-compile'];
  const wheels = ['--target', site, '--python-version', python.slice(6), '--only-binary=:all:'];
  install(ensurePython(), ['-m', 'pip', 'install', ...options, ...wheels, '-r', REQUIREMENTS, 'pip']);
  // The programs of the wheels name the Python that installed them.
  fs.rmSync(path.join(site, 'bin'), { recursive: true });
  const bin = path.join(local, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.symlinkSync('/usr/bin/python3', path.join(bin, 'python'));
  fs.writeFileSync(path.join(bin, 'pip'), '#!/bin/sh\nexec python3 -m pip "$@"\n', { mode: 0o755 });
  fs.writeFileSync(path.join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  fs.writeFileSync(path.join(root, 'etc', 'group'), 'root:x:0:\n');
  install('tar', ['-C', root, '--numeric-owner', '--owner=0', '--group=0', '-cf', `${root}.tar`, '.']);
  fs.rmSync(root, { recursive: true });
}

/** The packages and all that they depend on, unpacked and not configured. Nothing of this machine's Debian changes. */
function unpack(folder, packages, root) {
  const debs = path.join(folder, 'debs');
  fs.mkdirSync(path.join(debs, 'partial'), { recursive: true });
  fs.mkdirSync(root);
  // For apt, a machine on which nothing is installed.
  const status = path.join(folder, 'status');
  fs.writeFileSync(status, '');
  const settings = [
    `Dir::State::status=${status}`,
    `Dir::Cache::archives=${debs}/`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=root',
  ];
  const flags = ['--download-only', '-y', '-qq', '--no-install-recommends'];
  const args = ['install', ...flags, ...settings.flatMap((setting) => ['-o', setting]), ...packages];
  const download = () => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2] }).status === 0;
  if (!download()) {
    aptUpdate();
    install('apt-get', args);
  }
  for (const name of fs.readdirSync(debs).sort())
    if (name.endsWith('.deb')) install('dpkg-deb', ['-x', path.join(debs, name), root]);
  fs.rmSync(debs, { recursive: true });
  fs.rmSync(status);
}

/** The engine's build of a Dockerfile, whose context is these files, and what these folders contain. @throws Error with the output of a failed one */
async function build(docker, tag, parts) {
  const args = ['-c', '--exclude=.complete', ...parts.flatMap(place)];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const packed = new Promise((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code}`))));
  });
  const [answer] = await Promise.all([docker.buildImage(tar.stdout, { t: tag, forcerm: true }), packed]);
  let text = '';
  answer.on('data', (chunk) => (text += chunk));
  await finished(answer);
  const events = text.split('\r\n').filter(Boolean).map(JSON.parse);
  const failure = events.find(({ error }) => error);
  if (failure) throw new Error(`${tag}: ${events.map(({ stream = '' }) => stream).join('')}${failure.error}`);
}

const place = (part) =>
  fs.statSync(part).isDirectory() ? ['-C', part, '.'] : ['-C', path.dirname(part), path.basename(part)];

async function exists(docker, name) {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if (error.statusCode === 404) return false;
    throw error;
  }
}

function debian() {
  return /VERSION_CODENAME=(\w+)/.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'sid';
}
