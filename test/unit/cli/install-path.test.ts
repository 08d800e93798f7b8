import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installCommand, uninstallCommand } from '../../../src/cli/path/install.js';
import { batchScript } from '../../../src/cli/path/launcher.js';

describe('the command in the PATH of Windows', () => {
  it('quotes its paths, and takes the editor’s Node where there is no other', () => {
    const text = batchScript({
      launch: 'C:\\Users\\A B\\launch.mjs',
      extension: 'C:\\50% & more\\ext',
      editorNode: 'C:\\VS Code\\Code.exe',
    });
    const words = '"C:\\Users\\A B\\launch.mjs" "C:\\50%% & more\\ext" "C:\\VS Code\\Code.exe"';
    assert.ok(text.includes(`\r\nnode -- ${words} %*\r\n`));
    assert.ok(text.includes(`set ELECTRON_RUN_AS_NODE=1\r\n"C:\\VS Code\\Code.exe" -- ${words} %*\r\n`));
  });

  it('lies with the programs of this person, for its shells and for Git Bash', () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-windows-'));
    const launchFile = path.join(root, 'launch.js');
    fs.writeFileSync(launchFile, '// launch');
    const system = { platform: 'win32', env: { LOCALAPPDATA: root, Path: '' }, userHome: root } as const;
    const found = installCommand({ launchFile, extension: root, editorNode: 'Code.exe' }, system);
    const bin = path.join(root, 'Programs', 'trainyard', 'bin');
    assert.equal(found.command, path.join(bin, 'trainyard.cmd'));
    assert.deepEqual(fs.readdirSync(bin).sort(), ['trainyard', 'trainyard.cmd']);
    assert.match(found.addToPath ?? '', /SetEnvironmentVariable\('Path', .*trainyard.bin', 'User'\)$/);
    assert.equal(
      installCommand(
        { launchFile, extension: root, editorNode: '' },
        { ...system, env: { LOCALAPPDATA: root, Path: `C:\\x;${bin}` } },
      ).isInPath,
      true,
    );
    assert.equal(uninstallCommand(system).length, 3);
    assert.deepEqual(fs.readdirSync(bin), []);
    fs.rmSync(root, { recursive: true });
  });
});
