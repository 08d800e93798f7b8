import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureServer } from '../../src/workspace/local/launch.js';
import { LocalWorkspace } from '../../src/workspace/local/workspace.js';
import { command, openEditor, type Editor } from '../support/editor.js';
import { serverEntry, stopServerOf } from '../support/home.js';
import { askForJson } from '../support/mlflow.js';
import { until } from '../support/until.js';

/** A real window on a git project of its own, with a home of its own. */
export class ProjectWindow {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-ui-'));
  readonly project = path.join(this.root, 'digits');
  readonly home = path.join(this.root, 'home');
  readonly workspace = new LocalWorkspace({ home: this.home, serverEntry });
  #editor: Editor | undefined;

  get page(): Editor['page'] {
    if (!this.#editor) throw new Error('The window is not open.');
    return this.#editor.page;
  }

  /** Commits the files and opens the window. */
  async open(files: Record<string, string>, settings: Record<string, unknown> = {}): Promise<void> {
    fs.mkdirSync(this.project);
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(this.project, name), text);
    this.git('init', '-q', '-b', 'main');
    this.git('add', '-A');
    this.git('commit', '-qm', 'first');
    const env = { TRAINYARD_HOME: this.home };
    const scratch = path.join(this.root, 'editor');
    this.#editor = await openEditor({ folder: this.project, scratch, env, settings });
    // A menu that is opened before the extension is known lacks its commands.
    await this.page
      .getByRole('tab', { name: /^Trainyard/ })
      .first()
      .waitFor({ timeout: 60_000 });
  }

  /** Opens a file of the project by its name, in the active group. */
  async openFile(name: string): Promise<void> {
    const { page } = this;
    const box = page.locator('.quick-input-widget');
    // The list may be drawn again under the click: more than one try.
    for (let left = 3; ; left--)
      try {
        await command(page, 'Go to File');
        await box.locator('input').first().fill(name);
        await box.getByRole('option', { name }).first().click({ timeout: 10_000 });
        await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 10_000 });
        return;
      } catch (error) {
        if (left === 0) throw error;
        await page.keyboard.press('Escape');
      }
  }

  async showSideBar(): Promise<void> {
    await this.page
      .getByRole('tab', { name: /^Trainyard/ })
      .first()
      .click();
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    return execFileSync('git', [...who, ...args], { cwd: this.project, encoding: 'utf8' }).trim();
  }

  /** A request of MLflow's protocol, as a script sends it. */
  async mlflow(call: string, body: object): Promise<Record<string, unknown>> {
    const server = await ensureServer({ home: this.home, serverEntry });
    return askForJson(server, { at: `mlflow/${call}`, body });
  }

  /** Puts a file of a run where its client would. */
  async upload(runId: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { port, token } = await ensureServer({ home: this.home, serverEntry });
    const { run } = (await (
      await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/runs/get?run_id=${runId}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).json()) as { run: { info: { artifact_uri: string } } };
    const folder = run.info.artifact_uri.replace(/^mlflow-artifacts:\//, '');
    const path = `${folder}/${name}`.split('/').map(encodeURIComponent).join('/');
    const response = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow-artifacts/artifacts/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: bytes,
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }

  /** A file of a run in the experiment Default, as a script logs it. */
  async artifact(runId: string, file: string, text: string): Promise<void> {
    const { port, token } = await ensureServer({ home: this.home, serverEntry });
    const url = `http://127.0.0.1:${port}/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${file}`;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { method: 'PUT', headers, body: text });
    if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
  }

  /** Loads the window again, as soon as the workbench has written down editors whose state names all of these. */
  async reload(...texts: string[]): Promise<void> {
    // In a browser it does so every few seconds only, of a page that has just opened without its state.
    await until('a record of the open editors', async () => {
      const kept = await this.#keptEditors();
      return texts.every((text) => kept.includes(text));
    });
    await this.page.reload({ waitUntil: 'commit' });
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  }

  /** Closes the window once the extension's state that names all of these texts is written down, and opens it after `work`. */
  async away(texts: readonly string[], work: () => Promise<void>): Promise<void> {
    await until('a record of the state', async () => {
      const kept = await this.#kept('trainyard.trainyard');
      return texts.every((text) => kept.includes(text));
    });
    const address = this.page.url();
    await this.page.goto('about:blank');
    await work();
    await this.page.goto(address, { waitUntil: 'commit' });
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  }

  /** What the workbench will open after a reload, in its own notation. */
  #keptEditors(): Promise<string> {
    return this.#kept('memento/workbench.parts.editor');
  }

  /** An item of the workbench's storage in the browser. */
  #kept(key: string): Promise<string> {
    return this.page.evaluate(async (key) => {
      const kept: string[] = [];
      for (const { name } of await indexedDB.databases()) {
        if (!name?.startsWith('vscode-web-state-db-')) continue;
        const opening = indexedDB.open(name);
        await new Promise((resolve, reject) => {
          opening.onsuccess = resolve;
          opening.onerror = reject;
        });
        const items = opening.result.transaction('ItemTable').objectStore('ItemTable');
        const item = items.get(key);
        await new Promise((resolve, reject) => {
          item.onsuccess = resolve;
          item.onerror = reject;
        });
        kept.push(String(item.result));
        opening.result.close();
      }
      return kept.join('\n');
    }, key);
  }

  /** Keeps a picture of what the window shows, for a person who looks why a test failed. */
  async picture(name: string): Promise<void> {
    fs.mkdirSync('out', { recursive: true });
    await this.page.screenshot({ path: `out/${name}.png` });
  }

  async close(): Promise<void> {
    await this.#editor?.close();
    await stopServerOf(this.home);
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
