import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { buildScriptJob } from '../../job/build.js';
import type { CommandJob } from '../../job/spec.js';
import { facetOf } from '../../workspace/facets.js';
import { COMMANDS } from '../command-ids.js';
import { isPython } from '../submit/interpreter.js';
import { findScript } from '../submit/script.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** What becomes a job file, and what of it does not fit into one. */
interface Saved {
  spec: CommandJob;
  notes: readonly string[];
}

/** Job files of runs and of scripts. Each answers the address of the file that it wrote. */
export function registerSaveJobFile(register: Register, workspaces: Workspaces, choose: RunChooser): void {
  register(COMMANDS.saveRunAsJobFile, async (...args) => {
    const placeholder = vscode.l10n.t('Save which run as a job file?');
    const fits = ({ job }: { job?: object }) => job !== undefined;
    const run = await choose.run(args, { placeholder, fits });
    if (!run) {
      if (args[0] !== undefined)
        throw new TrainyardError(
          'NOT_SUPPORTED',
          vscode.l10n.t('Only runs that Trainyard started can be saved as a job file.'),
        );
      return undefined;
    }
    const spec = await facetOf(workspaces.of(run), 'jobs').spec(run.id);
    return save({ spec, notes: [] }, spec.codeFolder, run.name);
  });

  register(COMMANDS.saveScriptAsJobFile, async (argument) => {
    const script = await findScript(argument);
    if (!script) return undefined;
    if (!isPython(script))
      throw new TrainyardError(
        'BAD_REQUEST',
        vscode.l10n.t('Only Python scripts can be saved as a job file.'),
      );
    const { withArguments } = await import('../../job/file/from-script.js');
    const file = script.uri.fsPath;
    // As it is in the editor, saved or not.
    const text = (await vscode.workspace.openTextDocument(script.uri)).getText();
    const folders = { codeFolder: script.folder, workingFolder: script.folder };
    // The file names no interpreter: the one of the project is found where it is submitted.
    const { environment: _, ...spec } = buildScriptJob({ ...folders, script: file, interpreter: 'python' });
    return save(withArguments(spec, text), path.dirname(file), path.parse(file).name);
  });
}

/** @param name what the file is called when nobody says otherwise, without extension */
async function save({ spec, notes }: Saved, folder: string, name: string): Promise<string | undefined> {
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Job File'),
    defaultUri: vscode.Uri.file(newFile(folder, name)),
    filters: { YAML: ['yml', 'yaml'] },
  });
  if (!uri) return undefined;
  const { jobFileOf } = await import('../../job/file/save.js');
  const saved = jobFileOf(spec, uri.fsPath);
  const text = withNotes(saved.text, [...notes, ...saved.notes]);
  const edit = new vscode.WorkspaceEdit();
  // The dialog has asked about a file that is there.
  edit.createFile(uri, { contents: Buffer.from(text), overwrite: true });
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new TrainyardError('INTERNAL', vscode.l10n.t('{0} could not be written.', uri.fsPath));
  await vscode.window.showTextDocument(uri);
  return uri.toString();
}

/** One that is not there yet: `train.yml`, `train-2.yml` … */
function newFile(folder: string, name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || 'job';
  for (let i = 1; ; i++) {
    const file = path.join(folder, `${plain}${i === 1 ? '' : `-${i}`}.yml`);
    if (!fs.existsSync(file)) return file;
  }
}

/** What the file cannot say stands above it, as comments. */
function withNotes(text: string, notes: readonly string[]): string {
  return [...notes.map((note) => `# ${note}\n`), text].join('');
}
