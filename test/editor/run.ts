// Runs test/editor/suite in a real extension host: that of VS Code when there is a display, else that of code-server.
// TRAINYARD_EDITOR=desktop|server decides otherwise; VSCODE_EXECUTABLE names an installed VS Code.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { stopServerOf } from '../support/home.js';
import { openEditor } from '../support/editor.js';
import { MARK } from './mark.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = path.join(ROOT, 'out/editor');
const TESTS = path.join(OUT, 'index.cjs');
/** What attaches the editor to debugpy, in the place of the Python Debugger extension. */
const PYTHON_DEBUGGER = path.join(ROOT, 'test/editor/python-debugger');
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-host-')));
const home = path.join(scratch, 'home');
const folder = path.join(scratch, 'project');
const env = { TRAINYARD_HOME: home };

await bundle();
makeProject();
try {
  process.exitCode = await (await pickHost())();
} finally {
  await stopServerOf(home);
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/** An extension host loads CommonJS and knows no TypeScript. */
async function bundle(): Promise<void> {
  fs.rmSync(OUT, { recursive: true, force: true });
  const suites = fs
    .readdirSync(path.join(ROOT, 'test/editor/suite'))
    .filter((name) => name.endsWith('.test.ts'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/editor/index.ts', ...suites.map((name) => `test/editor/suite/${name}`)],
    outbase: 'test/editor',
    outdir: OUT,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    define: { __VERSION__: '"test"', 'import.meta.url': '""' },
    logLevel: 'warning',
  });
}

function makeProject(): void {
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'README.md'), '# A project\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'first');
}

async function pickHost(): Promise<() => Promise<number>> {
  const wanted = process.env['TRAINYARD_EDITOR'];
  if (wanted) return wanted === 'desktop' ? onDesktop : onServer;
  if (process.platform === 'linux' && !process.env['DISPLAY']) return onServer;
  if (process.env['VSCODE_EXECUTABLE']) return onDesktop;
  const reached = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
    signal: AbortSignal.timeout(4000),
  }).then(
    (answer) => answer.ok,
    () => false,
  );
  return reached ? onDesktop : onServer;
}

async function onDesktop(): Promise<number> {
  const executable = process.env['VSCODE_EXECUTABLE'];
  return runTests({
    extensionDevelopmentPath: [ROOT, PYTHON_DEBUGGER],
    extensionTestsPath: TESTS,
    extensionTestsEnv: env,
    launchArgs: [folder, '--disable-workspace-trust', `--user-data-dir=${path.join(scratch, 'data')}`],
    ...(executable && { vscodeExecutablePath: executable }),
  });
}

async function onServer(): Promise<number> {
  let exited: (code: number) => void;
  const exit = new Promise<number>((resolve) => (exited = resolve));
  const editor = await openEditor({
    folder,
    scratch: path.join(scratch, 'editor'),
    env,
    extensions: [PYTHON_DEBUGGER],
    tests: {
      path: TESTS,
      onExit: (code) => exited(code),
      onLog: (text) => {
        if (text.startsWith(MARK)) console.log(text.slice(MARK.length));
      },
    },
  });
  const late = setTimeout(() => exited(1), 300_000);
  const code = await exit;
  clearTimeout(late);
  await editor.close();
  return code;
}
