// Opens the project of the demo: in VS Code when it is installed, else in code-server at a loopback address.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { become, CACHE, install, ROOT } from './shell.mjs';
import { ensureEditor } from './editor.mjs';
import { packaging } from './setup.mjs';

export async function openEditor({ project, home }) {
  const env = { ...process.env, TRAINYARD_HOME: home };
  if (
    spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0
  ) {
    console.log('\nOpening VS Code.');
    const args = ['--new-window', `--extensionDevelopmentPath=${ROOT}`, project];
    await become('code', args, { env, shell: process.platform === 'win32' });
    return;
  }
  const { node, vscode } = ensureEditor();
  const main = path.join(vscode, 'out', 'server-main.js');
  const data = path.join(CACHE, 'demo', 'editor');
  const vsix = path.join(data, 'trainyard.vsix');
  const user = path.join(data, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
    'security.workspace.trust.enabled': false,
  };
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings, null, 2));
  const { program, args } = packaging();
  install(program, [...args, '--out', vsix], { cwd: ROOT });
  const common = [
    '--server-data-dir',
    data,
    '--extensions-dir',
    path.join(data, 'extensions'),
    '--accept-server-license-terms',
  ];
  install(node, [main, ...common, '--install-extension', vsix, '--force']);
  const port = await freePort();
  // Any page in the browser could reach the port; only one with the token gets in.
  const token = randomBytes(16).toString('hex');
  const server = spawn(
    node,
    [
      main,
      ...common,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--connection-token',
      token,
      '--disable-telemetry',
    ],
    { env: { ...env, EXTENSIONS_GALLERY: '{}' }, stdio: 'ignore', detached: process.platform !== 'win32' },
  );
  const stop = () => {
    try {
      process.kill(process.platform === 'win32' ? server.pid : -server.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  process.on('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
  console.log(`\nThe editor: http://127.0.0.1:${port}/?tkn=${token}&folder=${encodeURIComponent(project)}`);
  console.log('Open it in a browser; Ctrl+C here ends it.');
  await new Promise((resolve) => server.once('exit', resolve));
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
