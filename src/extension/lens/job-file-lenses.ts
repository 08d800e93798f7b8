import * as vscode from 'vscode';
import { JOB_FILE_TAG, jobFileTag } from '../../job/job-file-name.js';
import { COMMANDS } from '../command-ids.js';
import type { JobFiles } from '../job-files/job-files.js';
import type { JobPlace } from '../job-files/language.js';
import { settings } from '../settings.js';
import type { NewestRuns, RunsOfFile } from './newest-runs.js';

/** MLflow's tag for the entry point of a project. */
const ENTRY_POINT_TAG = 'mlflow.project.entryPoint';

/** Above the first line of a job, or of each entry point: run it, and how its newest run at the open commit went. */
export class JobFileLenses implements vscode.CodeLensProvider {
  readonly #files: Pick<JobFiles, 'places'>;
  readonly #newest: NewestRuns;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(files: Pick<JobFiles, 'places'>, newest: NewestRuns) {
    this.#files = files;
    this.#newest = newest;
    this.onDidChangeCodeLenses = newest.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!settings.codeLens()) return [];
    const places = await this.#files.places(document);
    return (await Promise.all(places.map((place) => this.#lensesAt(place, document.uri)))).flat();
  }

  async #lensesAt({ line, entryPoint }: JobPlace, uri: vscode.Uri): Promise<vscode.CodeLens[]> {
    const at = new vscode.Range(line, 0, line, 0);
    const args = [uri, ...(entryPoint === undefined ? [] : [{ entryPoint }])];
    const run = {
      title: vscode.l10n.t('Run'),
      tooltip: vscode.l10n.t('Submit this job to Trainyard'),
      command: COMMANDS.submitJobFile,
      arguments: args,
    };
    const runOn = {
      title: vscode.l10n.t('Run on…'),
      tooltip: vscode.l10n.t('Choose where and with which values this job runs'),
      command: COMMANDS.submitJobFileWithOptions,
      arguments: args,
    };
    const tooltip = vscode.l10n.t('Show the newest run of this job file at the open commit');
    const newest = await this.#newest.lensOf(runsOf(uri.fsPath, entryPoint), at, tooltip);
    return [new vscode.CodeLens(at, run), new vscode.CodeLens(at, runOn), ...newest];
  }
}

function runsOf(file: string, entryPoint: string | undefined): RunsOfFile {
  const conditions = [
    [JOB_FILE_TAG, jobFileTag(file)],
    ...(entryPoint === undefined ? [] : [[ENTRY_POINT_TAG, entryPoint]]),
  ];
  const filter = conditions
    .map(([tag, value = '']) => `tags.\`${tag}\` = '${value.replaceAll("'", "''")}'`)
    .join(' AND ');
  return { key: filter, filter };
}
