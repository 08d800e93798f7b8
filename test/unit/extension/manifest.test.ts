import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { COMMANDS } from '../../../src/extension/command-ids.js';
import { CONTEXT_KEYS } from '../../../src/extension/context-key-names.js';
import { VIEWS } from '../../../src/extension/view-ids.js';
import { SCRIPT_EXTENSIONS } from '../../../src/job/interpreter.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SOURCE = path.join(ROOT, 'src/extension');

interface Manifest {
  contributes: {
    commands: { command: string; enablement?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    keybindings: { command: string }[];
    views: Record<string, { id: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    configuration: { properties: Record<string, { default?: unknown }> };
    walkthroughs: { steps: { media: { image?: string; markdown?: string }; completionEvents: string[] }[] }[];
    colors: { id: string; defaults: Record<string, string> }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const json = <T>(file: string) => JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')) as T;
const manifest = json<Manifest>('package.json');
const strings = json<Record<string, string>>('package.nls.json');
const { contributes } = manifest;
const sourcesIn = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8') }));
const sources = sourcesIn(SOURCE);
const pages = sourcesIn(path.join(ROOT, 'webview'));

const sorted = (values: Iterable<string>) => [...values].sort();

describe('the manifest', () => {
  it('contributes the commands that the source names, and no other', () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(COMMANDS)),
    );
  });

  it('names only commands that exist in menus, key bindings, walkthroughs and welcome views', () => {
    const known = new Set<string>(Object.values(COMMANDS));
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const inText = [...JSON.stringify(strings).matchAll(/command:(trainyard\.[\w.]+)/g)].map(
      ([, id]) => id ?? '',
    );
    const inSteps = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) =>
        completionEvents.map((event) => event.replace('onCommand:', '')),
      ),
    );
    const used = [
      ...inMenus,
      ...contributes.keybindings.map(({ command }) => command),
      ...inText,
      ...inSteps,
    ];
    assert.ok(used.length > 30);
    assert.deepEqual(
      used.filter((command) => !known.has(command)),
      [],
    );
  });

  it('contributes the views that the source names', () => {
    const views = (contributes.views['trainyard'] ?? []).map(({ id }) => id);
    assert.deepEqual(sorted(views), sorted(Object.values(VIEWS)));
  });

  it('asks only for context keys that the source sets', () => {
    const clauses = [
      ...Object.values(contributes.menus).flat(),
      ...contributes.viewsWelcome,
      ...contributes.commands.map(({ enablement }) => ({ when: enablement })),
    ].map(({ when }) => when ?? '');
    const asked = clauses
      .map((clause) => clause.replaceAll(/(view|webviewId|activeWebviewPanelId) (==|=~) \S+/g, ''))
      .flatMap((clause) => [...clause.matchAll(/trainyard\.\w+/g)].map(([key]) => key));
    assert.deepEqual(sorted(new Set(asked)), sorted(Object.values(CONTEXT_KEYS)));
  });

  it('contributes the settings that the source reads, each with a default', () => {
    const text = sources.find(({ file }) => file === 'settings.ts')?.text ?? '';
    const table = /SETTINGS = \{(.*?)\}/s.exec(text)?.[1] ?? '';
    const read = [...table.matchAll(/: '([^']+)'/g)].map(([, key]) => `trainyard.${key}`);
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(read));
    for (const [key, { default: value }] of Object.entries(contributes.configuration.properties))
      assert.notEqual(value, undefined, key);
  });

  it('lets no folder that is not trusted name a program or a place to write', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const key of ['trainyard.python', 'trainyard.home']) assert.ok(restricted.includes(key), key);
  });

  it('offers to submit exactly the scripts that can be run', () => {
    const when = contributes.menus['explorer/context']?.[0]?.when ?? '';
    const extensions = new RegExp(/resourceExtname =~ \/(.*)\/i/.exec(when)?.[1] ?? '^$', 'i');
    for (const extension of SCRIPT_EXTENSIONS) assert.match(extension, extensions);
    assert.doesNotMatch('.txt', extensions);
    assert.equal((extensions.source.match(/[(|]/g) ?? []).length, SCRIPT_EXTENSIONS.length);
  });

  it('has a text for every key, and no text without a key', () => {
    const keys = [...fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8').matchAll(/"%([^"%]+)%"/g)];
    assert.deepEqual(sorted(new Set(keys.map(([, key]) => key ?? ''))), sorted(Object.keys(strings)));
  });

  it('has every picture that it names', () => {
    for (const { steps } of contributes.walkthroughs)
      for (const { media } of steps)
        assert.ok(fs.existsSync(path.join(ROOT, media.image ?? media.markdown ?? '')));
  });

  it('gives runs ten colours for every kind of theme', () => {
    assert.deepEqual(
      contributes.colors.map(({ id }) => id),
      Array.from({ length: 10 }, (_, i) => `trainyard.run${i}`),
    );
    for (const { id, defaults } of contributes.colors)
      for (const kind of ['dark', 'light', 'highContrast', 'highContrastLight'])
        assert.match(defaults[kind] ?? '', /^#[0-9a-f]{6}$/, `${id} ${kind}`);
  });
});

/** First arguments of the calls of `vscode.l10n.t`. */
function messages(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('l10n.t')) {
      const [message] = node.arguments;
      assert.ok(
        message && ts.isStringLiteralLike(message),
        `${file}: ${node.getText()} has no literal message`,
      );
      found.push(message.text);
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

describe('the bundle for translators', () => {
  const file = path.join(ROOT, 'l10n/bundle.l10n.json');

  // UPDATE=1 writes it anew.
  it('holds every message of the source and of the pages, and no other', () => {
    const inSource = sources.flatMap(({ file: name, text }) => [
      ...messages(name, text),
      ...forPages(name, text),
    ]);
    const inPages = pages.flatMap(({ file: name, text }) => forPages(name, text));
    const all = sorted(new Set([...inSource, ...inPages]));
    assert.ok(inPages.length > 300, 'the pages have texts');
    const wanted = Object.fromEntries(all.map((message) => [message, message]));
    if (process.env['UPDATE']) fs.writeFileSync(file, `${JSON.stringify(wanted, null, 2)}\n`);
    assert.deepEqual(json('l10n/bundle.l10n.json'), wanted);
  });
});

/** Texts of the pages: the first argument of `t` and of `forPage`, both of `count`. */
function forPages(file: string, text: string): string[] {
  const textsOf = (name: string, args: readonly ts.Expression[]) =>
    name === 'count' ? args.slice(1, 3) : name === 't' || name === 'forPage' ? args.slice(0, 1) : [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const texts = textsOf(node.expression.text, node.arguments);
      // What `forPage` marked elsewhere is a variable here.
      for (const each of texts) if (ts.isStringLiteralLike(each)) found.push(each.text);
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}
