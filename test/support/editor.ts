import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Frame, Locator, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { freePort, tool } from './tools.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const QUIET = {
  'trainyard.notify': 'failures',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'workbench.reduceMotion': 'on',
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'breadcrumbs.enabled': false,
  'terminal.integrated.gpuAcceleration': 'off',
};

export interface Editor {
  page: Page;
  close(): Promise<void>;
}

/** The real workbench on `folder`, in Chromium, with the extension of this checkout or with one that is installed. */
export async function openEditor(options: {
  folder: string;
  /** For the editor's own data. */
  scratch: string;
  env: Record<string, string>;
  settings?: Record<string, unknown>;
  /** Folders of further extensions. */
  extensions?: readonly string[];
  /** A `.vsix` that is installed in place of the extension of this checkout. */
  vsix?: string;
  /** A module whose `run()` the extension host calls. */
  tests?: { path: string; onLog(text: string): void; onExit(code: number): void };
}): Promise<Editor> {
  const { ensureEditor } = await tool<{ ensureEditor(): { node: string; vscode: string } }>('editor.mjs');
  const { node, vscode } = ensureEditor();
  const user = path.join(options.scratch, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...QUIET, ...options.settings }));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const main = path.join(vscode, 'out', 'server-main.js');
  const flags = ['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'];
  const data = [
    '--server-data-dir',
    options.scratch,
    '--extensions-dir',
    path.join(options.scratch, 'extensions'),
  ];
  if (options.vsix)
    execFileSync(node, [main, ...flags.slice(1, 2), ...data, '--install-extension', options.vsix], {
      env: { ...process.env, ...options.env },
    });
  const quiet = ['--disable-workspace-trust', '--reconnection-grace-time', '5'];
  const server = spawn(
    node,
    [main, '--host', '127.0.0.1', '--port', String(port), ...flags, ...data, ...quiet],
    {
      env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...options.env },
      stdio: 'ignore',
      detached: true,
    },
  );
  const stopServer = () => {
    if (server.pid && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  };
  for (
    let tries = 0;
    !(await fetch(`${base}/version`).then(
      (r) => r.ok,
      () => false,
    ));
    tries++
  ) {
    if (tries > 300) throw new Error('The editor does not start.');
    await sleep(100);
  }
  const browser = await launchChromium();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const { tests } = options;
  if (tests) {
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) =>
      tests.onLog(args.map(String).join(' ')),
    );
    await page.exposeFunction('codeAutomationExit', (code: number) => tests.onExit(code));
  }
  const remote = (file: string) => ({ scheme: 'vscode-remote', authority: `127.0.0.1:${port}`, path: file });
  const development = {
    extensions: [...(options.vsix ? [] : [ROOT.replace(/\/$/, '')]), ...(options.extensions ?? [])].map(
      remote,
    ),
    ...(tests && { extensionTestsPath: remote(tests.path) }),
  };
  // The workbench reads its options from the page; the development extension is added before it does.
  await page.addInitScript((more) => {
    if (window !== window.top) return;
    new MutationObserver((_, observer) => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      if (!meta) return;
      observer.disconnect();
      const settings = JSON.parse(meta.dataset['settings'] ?? '{}') as Record<string, object>;
      settings['developmentOptions'] = { ...settings['developmentOptions'], ...more };
      delete (settings['productConfiguration'] as Record<string, unknown>)['serviceWorker'];
      meta.dataset['settings'] = JSON.stringify(settings);
    }).observe(document, { childList: true, subtree: true });
  }, development);
  await page.goto(`${base}/?folder=${encodeURIComponent(options.folder)}`, { waitUntil: 'commit' });
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  return {
    page,
    async close() {
      await browser.close();
      stopServer();
    },
  };
}

/** Runs a command by its title. Shortly after a load the palette may close again: more than one try. */
export async function command(page: Page, title: string): Promise<void> {
  const box = page.locator('.quick-input-widget');
  for (let left = 6; ; left--) {
    try {
      await page.keyboard.press('F1');
      await box.locator('input').first().fill(`>${title}`, { timeout: 3000 });
      // While the palette still filters, Enter would take the entry before.
      await box.getByRole('option', { name: title }).first().click({ timeout: 3000 });
      return;
    } catch (error) {
      if (left === 0) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** By its label, not its accessible name: a tooltip replaces that. */
export function row(scope: Locator, label: string | RegExp): Locator {
  const name = scope.page().locator('.label-name').getByText(label, { exact: true });
  return scope.locator('[role=treeitem]').filter({ has: name });
}

/** How long a tree has to stand still: longer than a view gathers what it is told before it draws. */
const REST = 1000;

/** Waits for a row, and for its tree to come to rest: a click on a row that moves meets another. */
export async function rowAtRest(tree: Locator, label: string, timeout = 60_000): Promise<Locator> {
  const found = row(tree, label);
  await found.waitFor({ timeout });
  const end = Date.now() + timeout;
  let [text, since] = ['', Date.now()];
  while (Date.now() - since < REST) {
    if (Date.now() > end) throw new Error('The rows do not come to rest.');
    await sleep(100);
    const now = await tree.innerText();
    if (now !== text) [text, since] = [now, Date.now()];
  }
  return found;
}

/** Chooses from the context menu of a row. What takes the focus meanwhile closes a menu: more than one try. */
export async function contextMenu(target: Locator, name: string): Promise<void> {
  const page = target.page();
  const item = page.getByRole('menuitem', { name }).first();
  for (let left = 5; ; left--) {
    try {
      await target.click({ button: 'right' });
      await item.hover({ timeout: 5000 });
      break;
    } catch (error) {
      if (left === 0) throw error;
      await page.keyboard.press('Escape');
    }
  }
  // It ignores the mouse for its first moments: the item has the focus, so Enter takes it.
  await page.locator('.monaco-menu .action-item.focused').filter({ hasText: name }).waitFor();
  await page.keyboard.press('Enter');
}

/**
 * Chooses what opens a webview. The editor forgets its rows when they are drawn again, and what is chosen meanwhile is
 * chosen for nothing, as a person finds; so more than one try.
 */
export async function showFromMenu(target: Locator, name: string, selector: string): Promise<Frame> {
  const page = target.page();
  for (let left = 2; ; left--) {
    await contextMenu(target, name);
    try {
      return await webview(page, selector, 15_000);
    } catch (error) {
      if (left === 0) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** The webview that shows `selector`; their order in the page means nothing. */
export async function webview(page: Page, selector: string, timeout = 40_000): Promise<Frame> {
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(100))
    for (const frame of page.frames())
      if (
        frame.url().includes('/webview/browser/pre/') &&
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
  throw new Error(`No webview shows ${selector}.`);
}
