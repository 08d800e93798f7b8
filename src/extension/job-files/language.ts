/** What the editor knows of a job file. It brings the YAML parser, so it is loaded when one is open. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { disk } from '../../job/disk.js';
import { offerAt, schemaAt, spotAt } from '../../job/file/locate.js';
import { entryPointsIn } from '../../job/file/mlproject.js';
import type { Position, Range } from '../../job/file/position.js';
import type { FileProblem, Severity } from '../../job/file/problem.js';
import { type JobFileReading, readJobFile } from '../../job/file/read.js';
import { isAddress } from '../../job/file/references.js';
import type { FileSchema, Reference } from '../../job/file/schema.js';
import { valuesTold } from '../../job/file/shape.js';
import type { YamlFile, YamlNode, YamlScalar } from '../../job/file/yaml.js';
import type { LiveNames } from './names.js';

/** Of our diagnostics, by which quick fixes know them again. */
const SOURCE = 'Trainyard';
const MISSING = 'missing-name';

/** Files of a folder that are offered. */
const MOST_FILES = 500;

const MLPROJECT_KIND = 'mlproject';

/** The line of a job, from 0. */
export interface JobPlace {
  line: number;
  /** Of an MLproject. */
  entryPoint?: string;
}

export class JobFileLanguage {
  readonly #names: LiveNames;
  readonly #readings = new WeakMap<vscode.TextDocument, { version: number; reading: JobFileReading }>();

  constructor(names: LiveNames) {
    this.#names = names;
  }

  /** Undefined when the file is of another kind than those that run here. */
  reading(document: vscode.TextDocument): JobFileReading | undefined {
    const known = this.#readings.get(document);
    const reading = known?.version === document.version ? known.reading : read(document);
    this.#readings.set(document, { version: document.version, reading });
    // A file that is just begun is no kind yet.
    const id = reading.recognised?.kind.id;
    return id === undefined || id === 'command' || id === MLPROJECT_KIND ? reading : undefined;
  }

  async diagnostics(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
    const reading = this.reading(document);
    if (!reading) return [];
    return [...problemsOf(document, reading).map(toDiagnostic), ...(await this.#missing(reading.yaml))];
  }

  /** Where the jobs of a file begin: at its first field, or at each entry point. */
  places(document: vscode.TextDocument): JobPlace[] {
    const { recognised, yaml } = this.reading(document) ?? {};
    if (yaml?.root?.kind !== 'map') return [];
    const lineOf = (node: YamlNode) => yaml.range(node).start.line;
    if (recognised?.kind.id === MLPROJECT_KIND)
      return entryPointsIn(yaml.root).map((key) => ({ line: lineOf(key), entryPoint: String(key.value) }));
    const [first] = yaml.root.entries;
    return first ? [{ line: lineOf(first.key) }] : [];
  }

  /** Names of the workspace that are not there. */
  async #missing(file: YamlFile): Promise<vscode.Diagnostic[]> {
    const found: vscode.Diagnostic[] = [];
    for (const { node, reference } of referencesIn(file)) {
      const text = String(node.value);
      if (!(await this.#names.isMissing(reference, text))) continue;
      const message = vscode.l10n.t('The active workspace has no {0} “{1}”.', wordOf(reference), text);
      const diagnostic = new vscode.Diagnostic(
        toRange(file.range(node)),
        message,
        vscode.DiagnosticSeverity.Warning,
      );
      found.push(Object.assign(diagnostic, { source: SOURCE, code: MISSING }));
    }
    return found;
  }

  hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const file = this.reading(document)?.yaml;
    const spot = file && spotAt(file, fromPosition(position));
    const schema = spot && schemaAt(file, spot.steps);
    if (!schema || (spot.on === 'value' && schema.type === 'object')) return undefined;
    return new vscode.Hover(helpOf(String(spot.steps.at(-1) ?? ''), schema), toRange(spot.range));
  }

  async completions(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const file = this.reading(document)?.yaml;
    if (!file) return [];
    const offer = offerAt(file, fromPosition(position));
    const range = toRange(offer.range);
    const keys = offer.keys.map(({ name, schema, isRequired }, i) => {
      const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Property);
      item.insertText = new vscode.SnippetString(`${name}:${openingOf(schema)}`);
      item.documentation = helpOf(name, schema);
      item.sortText = `${isRequired ? 0 : schema.inert ? 2 : 1}${String(i).padStart(4, '0')}`;
      if (schema.inert) item.detail = vscode.l10n.t('Azure only');
      // What belongs there is offered at once.
      item.command = { command: 'editor.action.triggerSuggest', title: '' };
      return Object.assign(item, { range });
    });
    const values = offer.values.map((value) =>
      Object.assign(new vscode.CompletionItem(value, vscode.CompletionItemKind.EnumMember), { range }),
    );
    const references = offer.of === 'value' && offer.schema ? referencesOf(offer.schema) : [];
    const names = await Promise.all(references.map((one) => this.#named(one, document, offer.typed)));
    for (const item of names.flat()) item.range = range;
    return [...keys, ...values, ...names.flat()];
  }

  async #named(
    reference: Reference,
    document: vscode.TextDocument,
    typed: string,
  ): Promise<vscode.CompletionItem[]> {
    const files = ['file', 'folder', 'path', 'data', 'environment', 'model'].includes(reference)
      ? filesBeside(document.uri.fsPath, typed, reference === 'folder')
      : [];
    const live = (await this.#names.of(reference)) ?? [];
    const items = live.map(({ text, detail }) =>
      Object.assign(new vscode.CompletionItem(text, vscode.CompletionItemKind.Reference), { detail }),
    );
    return [...items, ...files];
  }

  /** To files that are there. */
  links(document: vscode.TextDocument): vscode.DocumentLink[] {
    const file = this.reading(document)?.yaml;
    if (!file) return [];
    return referencesIn(file).flatMap(({ node }) => {
      const at = fileNamed(document.uri.fsPath, String(node.value));
      if (at === undefined || disk.kind(at) !== 'file') return [];
      return [new vscode.DocumentLink(toRange(file.range(node)), vscode.Uri.file(at))];
    });
  }

  /** A misspelt word becomes the one that was meant. */
  fixes(document: vscode.TextDocument, context: vscode.CodeActionContext): vscode.CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => {
      const problem =
        diagnostic.source === SOURCE
          ? this.reading(document)?.problems.find((one) => isSame(diagnostic, one))
          : undefined;
      if (problem?.meant === undefined) return [];
      const { meant } = problem;
      const action = new vscode.CodeAction(
        vscode.l10n.t('Change to “{0}”', meant),
        vscode.CodeActionKind.QuickFix,
      );
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(document.uri, diagnostic.range, meant);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      return [action];
    });
  }
}

function read(document: vscode.TextDocument, entryPoint?: string): JobFileReading {
  const place = { file: document.uri.fsPath, kindOf: disk.kind };
  return readJobFile(document.getText(), { ...place, ...(entryPoint !== undefined && { entryPoint }) });
}

/** Of an MLproject those of all entry points. Values that it leaves to whoever submits it are not missing. */
function problemsOf(document: vscode.TextDocument, reading: JobFileReading): readonly FileProblem[] {
  if (reading.recognised?.kind.id !== MLPROJECT_KIND) return reading.problems;
  const points = entryPointsIn(reading.yaml.root);
  if (points.length === 0) return reading.problems;
  const all = points.flatMap(({ value }) => read(document, String(value)).problems);
  const each = new Map(all.map((problem) => [JSON.stringify(problem), problem]));
  return [...each.values()].filter(({ code }) => code !== 'missing-value');
}

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};

function toDiagnostic(problem: FileProblem): vscode.Diagnostic {
  const { range, severity, code } = problem;
  const diagnostic = new vscode.Diagnostic(toRange(range), messageOf(problem), SEVERITIES[severity]);
  return Object.assign(diagnostic, { source: SOURCE, code });
}

const messageOf = ({ text, hint }: FileProblem) => [text, hint].filter(Boolean).join(' ');

function isSame(diagnostic: vscode.Diagnostic, problem: FileProblem): boolean {
  return diagnostic.message === messageOf(problem) && diagnostic.range.isEqual(toRange(problem.range));
}

function wordOf(reference: Reference): string {
  switch (reference) {
    case 'environment':
      return vscode.l10n.t('environment');
    case 'model':
      return vscode.l10n.t('model');
    case 'compute':
      return vscode.l10n.t('target');
    default:
      return vscode.l10n.t('data asset');
  }
}

interface FoundReference {
  node: YamlScalar;
  reference: Reference;
}

/** Every text of a file that names something. */
function referencesIn(file: YamlFile): FoundReference[] {
  const found: FoundReference[] = [];
  const visit = (node: YamlNode, steps: (string | number)[]): void => {
    if (node.kind === 'map')
      for (const { key, value } of node.entries) visit(value, [...steps, String(key.value)]);
    else if (node.kind === 'list') node.items.forEach((item, i) => visit(item, [...steps, i]));
    else if (node.type === 'string') {
      const schema = schemaAt(file, steps);
      for (const reference of schema ? referencesOf(schema) : []) found.push({ node, reference });
    }
  };
  if (file.root) visit(file.root, []);
  return found;
}

function referencesOf(schema: FileSchema): Reference[] {
  const all = [schema, ...(schema.anyOf ?? [])].flatMap(({ references }) => references ?? []);
  return [...new Set(all)];
}

/** Absolute; undefined for what is no path. */
function fileNamed(jobFile: string, text: string): string | undefined {
  if (text === '' || text.includes('${{') || isAddress(text)) return undefined;
  const named = text.replace(/^file:/, '');
  return path.resolve(path.dirname(jobFile), named);
}

/** What is in the folder that a path names so far. */
function filesBeside(jobFile: string, typed: string, onlyFolders: boolean): vscode.CompletionItem[] {
  if (isAddress(typed) || path.isAbsolute(typed)) return [];
  const named = typed.replace(/[^/]*$/, '');
  const folder = path.resolve(path.dirname(jobFile), named);
  if (disk.kind(folder) !== 'folder') return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || !onlyFolders))
    .slice(0, MOST_FILES)
    .map((entry) => {
      const kind = entry.isDirectory() ? vscode.CompletionItemKind.Folder : vscode.CompletionItemKind.File;
      const item = new vscode.CompletionItem(`${named === '' ? './' : named}${entry.name}`, kind);
      // Below what runs here.
      return Object.assign(item, { sortText: `z${entry.name}`, filterText: `${named}${entry.name}` });
    });
}

function helpOf(name: string, schema: FileSchema): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**${name.replaceAll(/[\\`*_{}[\]()#+\-.!|<>]/g, String.raw`\$&`)}**\n\n`);
  if (schema.description) text.appendMarkdown(schema.description);
  if (schema.inert)
    text.appendMarkdown(`\n\n_${vscode.l10n.t('Does nothing outside of Azure. It is kept with the job.')}_`);
  const values = valuesTold(schema);
  if (values.length > 0) text.appendMarkdown(`\n\n${values.map((value) => `\`${value}\``).join(', ')}`);
  if (schema.examples?.length)
    text.appendMarkdown(`\n\n${schema.examples.map((one) => `\`${String(one)}\``).join(', ')}`);
  return text;
}

/** What stands behind a key that was just written. */
function openingOf(schema: FileSchema): string {
  if (schema.type === 'object') return '\n  ';
  return schema.type === 'array' ? '\n  - ' : ' ';
}

const fromPosition = ({ line, character }: vscode.Position): Position => ({ line, column: character });

function toRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.column, end.line, end.column);
}
