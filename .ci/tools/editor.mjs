// The real VS Code server and workbench (code-server from npm), trimmed to what runs without a compiler.
import fs from 'node:fs';
import path from 'node:path';
import { CACHE, install, once, say } from './shell.mjs';
import { ensureNode } from './setup.mjs';

const VERSION = '4.139.1'; // carries VS Code 1.139.1

// What the server, the extension host, the terminals, the file watcher and the page really load.
const KEEP = new Set(
  `@microsoft/1ds-core-js @microsoft/1ds-post-js @parcel/watcher @vscode/deviceid @vscode/fs-copyfile
@vscode/iconv-lite-umd @vscode/proxy-agent @vscode/ripgrep-universal @vscode/tree-sitter-wasm @vscode/vscode-languagedetection
@xterm/addon-clipboard @xterm/addon-image @xterm/addon-ligatures @xterm/addon-progress @xterm/addon-search @xterm/addon-serialize
@xterm/addon-unicode11 @xterm/addon-webgl @xterm/headless @xterm/xterm cookie http-proxy-agent https-proxy-agent jschardet katex
minimist node-pty tas-client vscode-oniguruma vscode-regexpp vscode-textmate ws yauzl yazl`.split(/\s+/),
);

// Two natives have no prebuilt binary; these stand-ins do what the server needs of them.
// spdlog: without it output channels and log files stay empty. Assignments, not an object literal: ESM must see the names.
const SPDLOG = `'use strict';
const fs = require('fs'), path = require('path');
const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(type, name, file) { this.file = file; this.level = 2; fs.mkdirSync(path.dirname(file), { recursive: true }); fs.appendFileSync(file, ''); }
  write(level, text) {
    if (level < this.level || !this.file) return;
    const stamp = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try { fs.appendFileSync(this.file, this.raw ? text : stamp + ' [' + NAMES[level] + '] ' + text + '\\n'); } catch { /* folder already removed */ }
  }
  getLevel() { return this.level; }
  setLevel(l) { this.level = l; }
  setPattern() {}
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() { this.file = undefined; }
}
NAMES.forEach((n, i) => { Logger.prototype[n === 'warning' ? 'warn' : n] = function (t) { this.write(i, t); }; });
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating', name, file);
`;
const SHIMS = { '@vscode/spdlog': SPDLOG, '@vscode/native-watchdog': 'exports.start = () => {};\n' };

/** @returns {{ node: string, vscode: string }} */
export function ensureEditor() {
  const node = ensureNode();
  const folder = once(
    path.join(CACHE, `editor-${VERSION}-${process.platform}-${process.arch}`),
    (temporary) => {
      say('Installing the editor for the tests (once, about a minute)');
      build(temporary);
    },
  );
  return { node, vscode: path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode') };
}

function npm(args, cwd) {
  install('npm', [...args, '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
  });
}

function build(root) {
  fs.writeFileSync(
    path.join(root, 'package.json'),
    JSON.stringify({ private: true, dependencies: { 'code-server': VERSION } }),
  );
  npm(['install'], root);
  const vscode = path.join(root, 'node_modules', 'code-server', 'lib', 'vscode');
  const manifest = path.join(vscode, 'package.json');
  const { dependencies, ...rest } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const kept = Object.fromEntries(Object.entries(dependencies).filter(([name]) => KEEP.has(name)));
  fs.writeFileSync(manifest, JSON.stringify({ ...rest, dependencies: kept }, null, 2));
  npm(['install'], vscode);
  npm(['install'], path.join(vscode, 'extensions'));
  const modules = path.join(vscode, 'node_modules');
  for (const [name, code] of Object.entries(SHIMS)) {
    const folder = path.join(modules, name);
    remove(folder);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name, version: '0.0.0', main: 'index.js' }),
    );
    fs.writeFileSync(path.join(folder, 'index.js'), code);
  }
  for (const folder of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const all = path.join(modules, folder);
    for (const name of fs.existsSync(all) ? fs.readdirSync(all) : [])
      if (name !== `${process.platform}-${process.arch}`) remove(path.join(all, name));
  }
  for (const name of ['copilot', 'mermaid-markdown-features']) remove(path.join(vscode, 'extensions', name));
}

function remove(file) {
  fs.rmSync(file, { recursive: true, force: true });
}
