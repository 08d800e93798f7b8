// node .ci/tools/test.mjs [unit|integration|engines|editor|ui …]      none named: all of it, with lint and types
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureContainers } from './containers.mjs';
import { stopEngine } from './engine.mjs';
import { asUser } from './rootless.mjs';
import { ROOT, say } from './shell.mjs';
import {
  aptInstall,
  ensureBuild,
  ensureChromium,
  ensureDependencies,
  ensureNode,
  ensurePackages,
  ensurePython,
} from './setup.mjs';
import { ensureSshd } from './sshd.mjs';

const named = process.argv.slice(2);
const isFull = Boolean(process.env.CI || process.env.TRAINYARD_TEST_FULL);
const SUITES = {
  unit: 'test/unit',
  integration: 'test/integration',
  engines: 'test/engines',
  rootless: 'test/engines/rootless',
  editor: 'test/editor',
  ui: 'test/ui',
};
const results = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-test-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

ensureDependencies();
const node = ensureNode();
// Making the images takes a minute or two, beside the first suites.
const containers =
  named.length === 0 || named.some((suite) => suite !== 'unit') ? startContainers() : undefined;
if (named.length === 0) {
  await check('eslint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0']);
  await check('prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
  for (const project of ['.', 'webview', 'test'])
    await check(`types of ${project}`, ['node_modules/typescript/bin/tsc', '-p', project]);
}
for (const [suite, folder] of Object.entries(SUITES))
  if (named.length === 0 || named.includes(suite) || (suite === 'rootless' && named.includes('engines')))
    await mocha(suite, folder);

const { started, missing } = (await containers) ?? {};
// A machine of CI is left as it was. Elsewhere others may use the engine by now, and the next run does.
if (process.env.CI && started) await stopEngine(started);

// Again at the end, where one looks first.
if (missing) console.log(`\nThe tests with containers did not run: ${missing}`);
for (const failure of failures) console.log(`\nFAILED ${failure}`);
const { passed, failed, skipped } = results;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 || (process.env.CI && skipped > 0) ? 1 : 0;

async function check(name, args) {
  say(name);
  const code = await node24(args);
  if (code === 0) results.passed++;
  else {
    results.failed++;
    failures.push(name);
  }
}

async function startContainers() {
  try {
    return await ensureContainers();
  } catch (error) {
    results.failed++;
    failures.push(`containers for tests: ${error.message}`);
    return {};
  }
}

async function mocha(suite, folder) {
  if (!fs.existsSync(path.join(ROOT, folder))) return;
  const env = {};
  if (suite !== 'unit') {
    ensureBuild();
    Object.assign(env, (await containers).env);
    if (suite === 'integration') Object.assign(env, pythons());
    if (suite === 'editor' || suite === 'engines') env.TRAINYARD_TEST_DEBUGPY = debugPython();
    if (suite === 'ui' || suite === 'editor') env.CHROMIUM = ensureChromium();
    // One test has a tracking server of MLflow beside it, where there is one.
    if (suite === 'ui' && isFull) env.TRAINYARD_TEST_PYTHON_FULL = fullPython();
  }
  // Engines are stopped, filled up and started again there.
  const hasOwnEngines = suite === 'engines' || suite === 'rootless';
  if (hasOwnEngines && !env.TRAINYARD_TEST_DOCKER) return;
  if (hasOwnEngines && !(process.platform === 'linux' && process.getuid() === 0)) {
    say('The tests with engines of their own did not run: only root on Linux can start these');
    return;
  }
  say(`${suite} tests`);
  const file = path.join(scratch, `${suite}.json`);
  const timeout = suite === 'unit' ? '5000' : '120000';
  // The extension host runs its suite itself.
  const args =
    suite === 'editor'
      ? ['--import=tsx', 'test/editor/run.ts']
      : [
          'node_modules/mocha/bin/mocha.js',
          '--import=tsx',
          '--exit',
          ...['--timeout', timeout, '--reporter', '.ci/tools/reporter.cjs'],
          suite === 'engines' ? `${folder}/*.test.ts` : `${folder}/**/*.test.ts`,
        ];
  const home = path.join(scratch, 'home');
  const run = { engines: apart, rootless }[suite] ?? node24;
  const code = await run(args, { ...env, TRAINYARD_HOME: home, TRAINYARD_TEST_RESULT: file });
  const counted = fs.existsSync(file)
    ? JSON.parse(fs.readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const key of Object.keys(results)) results[key] += counted[key];
  failures.push(...counted.failures);
  // A suite that died before its end is a failure, whatever it counted.
  if (counted.failed === 0 && (code !== 0 || !fs.existsSync(file))) {
    results.failed++;
    failures.push(`${suite} tests: ended early, with ${code}`);
  }
}

/**
 * The usual client and the writers of TensorBoard; in CI, or with TRAINYARD_TEST_FULL, also what people train with
 * (PyTorch alone is gigabytes) and a client of MLflow 2.
 */
function pythons() {
  const of = (...names) => ensurePython(path.join(ROOT, 'test', 'integration', ...names));
  const env = {
    TRAINYARD_TEST_PYTHON: ensurePython(),
    TRAINYARD_TEST_TENSORBOARD: of('tensorboard', 'requirements.txt'),
    TRAINYARD_TEST_DEBUGPY: debugPython(),
    TRAINYARD_TEST_S3: of('datastores', 'requirements.txt'),
    TRAINYARD_TEST_AZURITE: ensurePackages(
      path.join(ROOT, 'test', 'integration', 'datastores', 'azurite', 'package.json'),
    ),
  };
  if (isFull) {
    env.TRAINYARD_TEST_PYTHON_FULL = fullPython();
    env.TRAINYARD_TEST_PYTHON_OLD = of('mlflow', 'requirements-old.txt');
    env.TRAINYARD_TEST_PYTHON_AZURE = of('job-files', 'requirements.txt');
    env.TRAINYARD_TEST_PYTHON_SERVER2 = of('workspace', 'requirements-server2.txt');
  } else say('TRAINYARD_TEST_FULL=1 also runs what wants PyTorch and an old MLflow (7 GB of packages)');
  return env;
}

function debugPython() {
  return ensurePython(path.join(ROOT, 'test', 'integration', 'debug', 'requirements.txt'));
}

function fullPython() {
  return ensurePython(path.join(ROOT, 'test', 'integration', 'mlflow', 'requirements-full.txt'));
}

/** In a network and with mounts of its own, so that engines there touch nothing of this machine. */
function apart(args, env) {
  if (!fs.existsSync('/usr/bin/podman') || !fs.existsSync('/usr/bin/catatonit'))
    aptInstall(['podman', 'catatonit', 'containernetworking-plugins']);
  ensureSshd();
  const script = 'ip link set lo up && exec "$@"';
  return start('unshare', ['--net', '--mount', 'sh', '-c', script, 'sh', node, ...args], env);
}

/** As a user who is not root. */
async function rootless(args, env) {
  const images = [env.TRAINYARD_TEST_IMAGE_SHELL, env.TRAINYARD_TEST_IMAGE_NOSHELL];
  const { program, args: words, env: own } = await asUser(node, args, { env, scratch, images });
  return start(program, words, own);
}

function node24(args, env = {}) {
  return start(node, args, env);
}

function start(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
