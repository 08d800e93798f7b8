import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { findEnvironmentFiles } from '../../job/environment/find-files.js';
import { WORD_OF_KIND } from '../../job/environment/project-files.js';
import { installedRequirements } from '../../job/python/installed.js';
import { differencesOf, packagesOf } from '../../workspace/compare-environments.js';
import { facetOf } from '../../workspace/facets.js';
import { isLockable, lockOf } from '../../workspace/lock-environment.js';
import type { EnvironmentVersion, NewEnvironment } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { assetUri, whyNoPackages } from '../assets/asset-documents.js';
import { isNameForAsset, nameFrom, type VersionRef } from '../assets/asset-ref.js';
import type { EnvironmentBuilds } from '../assets/environment-builds.js';
import { COMMANDS } from '../command-ids.js';
import { isCancelled, showError } from '../errors.js';
import { withPatience } from '../progress.js';
import { defaultInterpreter, type InterpreterParts } from '../submit/interpreter.js';
import type { Workspaces } from '../workspaces.js';
import type { AssetChooser } from './asset-chooser.js';
import { chooseWorkspace } from './choose-workspace.js';
import type { Register } from './register.js';

export interface EnvironmentParts extends InterpreterParts {
  workspaces: Workspaces;
  choose: AssetChooser;
  builds: EnvironmentBuilds;
}

const ENVIRONMENTS = ['environment'] as const;

/** What can be done with environments. Each works on rows, and without one asks which. */
export function registerEnvironmentCommands(register: Register, parts: EnvironmentParts): void {
  const { workspaces, choose, builds, log } = parts;

  register(COMMANDS.buildEnvironment, async (...args) => {
    const ref = await choose.one(args, {
      kinds: ENVIRONMENTS,
      placeholder: vscode.l10n.t('Build which environment?'),
    });
    if (!ref) return undefined;
    const version = await choose.version(ref);
    const [, given] = args;
    const target = typeof given === 'string' ? given : await pickTarget(workspaces.of(ref), version);
    return target === undefined ? undefined : build(version, target);
  });

  register(COMMANDS.showBuildOutput, (...args) => {
    const [ref] = choose.named(args);
    if (ref) builds.showOutput(ref);
  });

  register(COMMANDS.lockEnvironment, async (...args) => {
    const ref = await choose.one(args, {
      kinds: ENVIRONMENTS,
      placeholder: vscode.l10n.t('Make a version with exact packages of which environment?'),
      fits: (each) => 'definition' in each && isLockable(each),
    });
    if (!ref) return undefined;
    const version = await choose.version(ref);
    let environment = await choose.environment(version);
    if (isLockable(environment) && !packagesOf(environment)) {
      if (!(await offerBuild(version))) return undefined;
      environment = await choose.environment(version);
    }
    return tell(
      workspaces.of(ref),
      await facetOf(workspaces.of(ref), 'environments').create(lockOf(environment)),
    );
  });

  register(COMMANDS.compareEnvironment, async (...args) => {
    const named = choose.named(args).filter(({ kind }) => kind === 'environment');
    const placeholder = vscode.l10n.t('Compare which environment with another?');
    const first = named[0] ?? (await choose.ask({ kinds: ENVIRONMENTS, placeholder }));
    if (!first) return;
    const one = await choose.version(first);
    const other =
      named[1] ??
      (await choose.ask({
        kinds: ENVIRONMENTS,
        placeholder: vscode.l10n.t('Compare {0} with which environment?', `${one.name}:${one.version}`),
        fits: ({ name, version }) => name !== one.name || version !== one.version,
      }));
    if (other) await compare(one, await choose.version(other));
  });

  register(COMMANDS.createEnvironment, async (given) => {
    const from = given instanceof vscode.Uri ? given : undefined;
    const workspace = await chooseWorkspace(workspaces, from ? undefined : given, {
      placeholder: vscode.l10n.t('Create the environment in which workspace?'),
      fits: ({ environments }) => environments !== undefined,
    });
    const source = workspace && (from ? { file: from } : await pickSource());
    if (!source) return undefined;
    if (source === 'interpreter')
      return vscode.commands.executeCommand(COMMANDS.environmentFromInterpreter, {
        workspaceId: workspace.id,
      });
    const asked = 'image' in source ? imageOnly(source.image) : await readFile(source.file.fsPath);
    return create(workspace, asked);
  });

  register(COMMANDS.environmentFromInterpreter, async (row) => {
    const workspace = await chooseWorkspace(workspaces, row, {
      placeholder: vscode.l10n.t('Create the environment in which workspace?'),
      fits: ({ environments }) => environments !== undefined,
    });
    const folder = workspace && (await pickFolder());
    if (!folder) return undefined;
    const script = { uri: vscode.Uri.joinPath(folder.uri, '*.py'), folder: folder.uri.fsPath };
    const { path: python } = await defaultInterpreter(script, parts);
    const pip = await withPatience(vscode.l10n.t('Reading the packages of {0}', python), (signal) =>
      installedRequirements(python, signal),
    );
    const name = nameFrom(folder.name);
    return create(workspace, { definition: { pip }, ...(name && { name }), description: python });
  });

  async function create(workspace: Workspace, asked: NewEnvironment): Promise<string | undefined> {
    const environments = facetOf(workspace, 'environments');
    const name = await askName(asked.name ?? '');
    if (name === undefined) return undefined;
    // The version of a file belongs to the name of the file.
    const { version, ...others } = asked;
    const same = name === asked.name && version !== undefined;
    const made = await environments.create({ ...others, name, ...(same && { version }) });
    return tell(workspace, made);
  }

  /** @returns how jobs name it */
  function tell({ id }: Workspace, { name, version }: EnvironmentVersion): string {
    const ref: VersionRef = { kind: 'environment', workspace: id, name, version };
    const [on, copy] = [vscode.l10n.t('Build On…'), vscode.l10n.t('Copy Reference')];
    const text = vscode.l10n.t('Created the environment {0}:{1}.', name, version);
    void vscode.window.showInformationMessage(text, on, copy).then((picked) => {
      if (picked === on) void vscode.commands.executeCommand(COMMANDS.buildEnvironment, ref);
      if (picked === copy) void vscode.commands.executeCommand(COMMANDS.copyReference, ref);
    });
    return `${name}:${version}`;
  }

  /** @returns whether it was built */
  async function build(ref: VersionRef, target: string): Promise<boolean> {
    try {
      const { at } = await builds.build(ref, target);
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Built {0}:{1} on {2}: {3}', ref.name, ref.version, target, at),
      );
      return true;
    } catch (error) {
      if (isCancelled(error)) return false;
      const output = vscode.l10n.t('Show Build Output');
      const remedy = { title: output, run: () => builds.showOutput(ref) };
      void showError(headlineOf(error), log, [remedy]);
      return false;
    }
  }

  async function offerBuild(ref: VersionRef): Promise<boolean> {
    const on = vscode.l10n.t('Build On…');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t('{0}:{1} has to be built before its exact packages are known.', ref.name, ref.version),
      { modal: true },
      on,
    );
    const target = picked === on ? await pickTarget(workspaces.of(ref), ref) : undefined;
    return target !== undefined && build(ref, target);
  }

  async function compare(one: VersionRef, two: VersionRef): Promise<void> {
    const both = await Promise.all([choose.environment(one), choose.environment(two)]);
    // From the older to the newer, as they were made.
    const order = both[0].createdAt <= both[1].createdAt ? [0, 1] : [1, 0];
    const [before, after] = order.map((i) => both[i]) as [EnvironmentVersion, EnvironmentVersion];
    const [left, right] = order.map((i) => contentsUri([one, two][i]!, both[i]!)) as [vscode.Uri, vscode.Uri];
    const { definition, packages } = differencesOf(before, after);
    const why = [before, after].flatMap((each) => whyNoPackages(each) ?? []);
    if (definition.length + (packages?.length ?? 0) === 0) {
      const same = vscode.l10n.t('{0} and {1} are the same.', calledOf(before), calledOf(after));
      void vscode.window.showInformationMessage([same, ...why].join(' '));
      return;
    }
    const title = `${calledOf(before)} ↔ ${calledOf(after)}`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title);
  }
}

const calledOf = ({ name, version }: EnvironmentVersion) => `${name}:${version}`;

/** Another build has another address, so that what is shown is never old. */
function contentsUri(ref: VersionRef, { builds }: EnvironmentVersion): vscode.Uri {
  return assetUri(ref, 'contents').with({ query: String(builds[0]?.builtAt ?? '') });
}

/** What a notification has room for: what the failed step printed is in the tree and in the terminal. */
function headlineOf(error: unknown): unknown {
  if (!TrainyardError.is(error)) return error;
  const [headline = ''] = messageOf(error).split('\n');
  return new TrainyardError(error.code, headline.replace(/[^.]$/, '$&.'), {
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
  });
}

async function pickTarget({ jobs }: Workspace, ref: VersionRef): Promise<string | undefined> {
  const items = (async () =>
    ((await jobs?.compute()) ?? []).map(({ name, label, detail, ready, problem }) => ({
      label: name,
      description: ready ? label : vscode.l10n.t('not ready'),
      detail: problem ?? detail,
      name,
    })))();
  const placeHolder = vscode.l10n.t('Build {0}:{1} on which target?', ref.name, ref.version);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.name;
}

type Source = { file: vscode.Uri } | { image: string } | 'interpreter';

async function pickSource(): Promise<Source | undefined> {
  const items: (vscode.QuickPickItem & { file?: vscode.Uri; source?: 'file' | 'interpreter' | 'image' })[] = [
    ...filesOfProject(),
    {
      label: vscode.l10n.t('$(file) From a File…'),
      detail: vscode.l10n.t(
        'requirements.txt, conda file, environment file of Azure ML, uv.lock, or Dockerfile',
      ),
      source: 'file' as const,
    },
    {
      label: vscode.l10n.t('$(symbol-misc) From This Interpreter'),
      detail: vscode.l10n.t('The packages that the Python of this window has, in exact versions'),
      source: 'interpreter' as const,
    },
    {
      label: vscode.l10n.t('$(vm) From a Container Image…'),
      detail: vscode.l10n.t('The image as it is'),
      source: 'image' as const,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Create Environment'),
    placeHolder: vscode.l10n.t('What is the environment made of?'),
  });
  if (picked?.file) return { file: picked.file };
  switch (picked?.source) {
    case 'interpreter':
      return 'interpreter';
    case 'image': {
      const image = await vscode.window.showInputBox({
        title: vscode.l10n.t('Create Environment'),
        prompt: vscode.l10n.t('Name of the container image'),
        placeHolder: 'python:3.12-slim',
        validateInput: (value) => (value.trim() ? undefined : vscode.l10n.t('Enter the name of an image.')),
      });
      return image === undefined ? undefined : { image: image.trim() };
    }
    case 'file': {
      const [file] =
        (await vscode.window.showOpenDialog({
          title: vscode.l10n.t('Environment File or Dockerfile'),
          openLabel: vscode.l10n.t('Create Environment'),
          defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
        })) ?? [];
      return file && { file };
    }
    default:
      return undefined;
  }
}

/** Those of the folder of the open file and of those above it, and those of the folders of the window. */
function filesOfProject(): (vscode.QuickPickItem & { file: vscode.Uri })[] {
  const open = vscode.window.activeTextEditor?.document.uri;
  const root = open?.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(open)?.uri.fsPath : undefined;
  const near = open && root !== undefined ? findEnvironmentFiles(path.dirname(open.fsPath), root) : [];
  const others = (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) =>
    findEnvironmentFiles(uri.fsPath, uri.fsPath),
  );
  const found = new Map([...near, ...others].map((each) => [each.file, each]));
  return [...found.values()].map(({ file, kind }) => {
    const folder = vscode.workspace.asRelativePath(path.dirname(file));
    return {
      label: `$(file) ${path.basename(file)}`,
      description: [WORD_OF_KIND[kind], path.isAbsolute(folder) ? '' : folder].filter(Boolean).join(' · '),
      file: vscode.Uri.file(file),
    };
  });
}

function imageOnly(image: string): NewEnvironment {
  const name = nameFrom((image.split('/').at(-1) ?? '').replace(/[:@].*$/, ''));
  return { definition: { image }, ...(name && { name }) };
}

/** It brings the YAML library. @throws BAD_REQUEST | NOT_FOUND */
async function readFile(file: string): Promise<NewEnvironment> {
  const { environmentOfFile } = await import('../../job/environment/from-file.js');
  const found = await environmentOfFile(file);
  // Files of all projects are called alike: the folder says more.
  const isUsual = /^(requirements|environment|conda|dockerfile|pyproject|uv)\b/i.test(path.basename(file));
  const name = found.name ?? nameFrom(path.basename(isUsual ? path.dirname(file) : file));
  return { ...found, ...(name && { name }) };
}

async function askName(value: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Create Environment'),
    prompt: vscode.l10n.t('Name of the environment. An existing one gets a new version.'),
    value,
    validateInput: (text) => (isNameForAsset(text.trim()) ? undefined : nameRule()),
  });
  return name?.trim();
}

/** What a name has to be. */
export function nameRule(): string {
  return vscode.l10n.t('Use letters, digits, “-”, “_” and “.”, and begin with a letter or digit.');
}

async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1)
    return vscode.window.showWorkspaceFolderPick({
      placeHolder: vscode.l10n.t('The Python of which folder?'),
    });
  if (folders[0]) return folders[0];
  throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('No folder is open, so there is no Python of it.'), {
    hint: vscode.l10n.t('Open the folder of your project.'),
  });
}
