import * as vscode from 'vscode';
import type { Run } from '../workspace/types.js';
import { homeOf } from '../workspace/local/launch.js';
import { AssetDocuments, ASSET_SCHEME } from './assets/asset-documents.js';
import { EnvironmentBuilds } from './assets/environment-builds.js';
import { AssetChooser } from './commands/asset-chooser.js';
import { registerAssetCommands } from './commands/assets.js';
import { registerChartCommands } from './commands/charts.js';
import { registerCodeCommands } from './commands/code.js';
import { registerDataCommands } from './commands/data.js';
import { registerDatastoreCommands } from './commands/datastores.js';
import { registerDebugCommands } from './commands/debug.js';
import { registerDeletedCommands } from './commands/deleted.js';
import { registerEnvironmentCommands } from './commands/environments.js';
import { registerFailureCommands } from './commands/failures.js';
import { registerModelCommands } from './commands/models.js';
import { commandRegister } from './commands/register.js';
import { registerRunFileCommands } from './commands/run-files.js';
import { RunChooser } from './commands/run-chooser.js';
import { registerRunCommands } from './commands/runs.js';
import { registerSecretCommands } from './commands/secrets.js';
import { registerPathCommands } from './commands/path-command.js';
import { registerComputeCommands } from './commands/compute.js';
import { registerOutputCommands } from './commands/outputs.js';
import { registerServerCommands } from './commands/server.js';
import { registerStoreCommands } from './commands/store.js';
import { registerChooseInterpreter } from './commands/choose-interpreter.js';
import { registerJobFileCommands } from './commands/job-files.js';
import { registerSaveJobFile } from './commands/save-job-file.js';
import { registerSubmitAgain } from './commands/submit-again.js';
import { registerSubmitCommands } from './commands/submit.js';
import { registerViewCommands } from './commands/views.js';
import { registerWorkspaceCommands } from './commands/workspaces.js';
import { logError, showError } from './errors.js';
import { OpenCommit } from './git/open-commit.js';
import { YAML } from './job-files/is-bound.js';
import { JobFiles } from './job-files/job-files.js';
import { KnownJobFiles } from './job-files/known-job-files.js';
import { LiveNames } from './job-files/names.js';
import { JobFileLenses } from './lens/job-file-lenses.js';
import { NewestRuns } from './lens/newest-runs.js';
import { ScriptLenses } from './lens/script-lenses.js';
import { RunLinks } from './links/run-links.js';
import { RunTerminalLinks } from './links/terminal-links.js';
import { LogTerminals } from './log/log-terminals.js';
import { registerChartsPanel, type ChartsPanels } from './panels/charts-panel.js';
import { registerComparePanel } from './panels/compare-panel.js';
import { registerRunPanel } from './panels/run-panel.js';
import { TableLayouts } from './panels/table-layouts.js';
import { registerTablePanel } from './panels/table-panel.js';
import { EndNotices } from './runs/end-notices.js';
import { RunFileSystem } from './runs/run-file-system.js';
import { RUN_SCHEME } from './runs/run-uri.js';
import { ServerSettingsSync } from './server-settings.js';
import { SETTINGS, settings, touchesSetting } from './settings.js';
import { StatusBar } from './status-bar.js';
import { ChosenInterpreters } from './submit/chosen-interpreters.js';
import { readNumbers } from './submit/read-numbers.js';
import { SubmitMemory } from './submit/script-options.js';
import { JobSecrets } from './submit/secrets.js';
import { Submitter } from './submit/submitter.js';
import { TASK_TYPE } from './tasks/job-task.js';
import { JobTaskProvider } from './tasks/task-provider.js';
import { AssetsView } from './views/assets-view.js';
import { ComputeView } from './views/compute-view.js';
import { ModelsView } from './views/models-view.js';
import { RunsView } from './views/runs-view.js';
import { WorkspacesView } from './views/workspaces-view.js';
import { isUp } from './local.js';
import { WorkspaceSecrets } from './workspace-secrets.js';
import { Workspaces } from './workspaces.js';

/**
 * The composition root. Builds and registers the parts and returns. It waits for the list of workspaces and for nothing
 * else. No server is started here: one is there as soon as a view is seen or a command needs it.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const keep = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const log = keep(vscode.window.createOutputChannel('Trainyard', { log: true }));
  const serverEntry = context.asAbsolutePath('dist/server.js');
  const workspaceSecrets = new WorkspaceSecrets(context.secrets);
  const workspaces = keep(
    new Workspaces({
      home: homeOf({ home: settings.home() }),
      serverEntry,
      credentialsOf: (id) => workspaceSecrets.of(id),
      state: context.workspaceState,
      onError: (error) => logError(error, log),
    }),
  );
  await workspaces.load();

  const memory = new SubmitMemory(context.workspaceState);
  const charts: ChartsPanels = registerChartsPanel(
    context,
    workspaces,
    log,
    () => runsView.draggedRunIds,
    (key, line) => readNumbers(key, line, { workspaces, memory, showCharts: (id) => charts.add([id]) }),
  );
  const layouts = keep(new TableLayouts(context.workspaceState));
  const compare = registerComparePanel(context, workspaces, layouts, log);
  const table = registerTablePanel(context, workspaces, layouts, log);
  const panel = registerRunPanel(context, workspaces, layouts, charts, log);
  const logs = keep(new LogTerminals(workspaces, log));
  keep(vscode.workspace.registerFileSystemProvider(RUN_SCHEME, new RunFileSystem(workspaces), READ_ONLY));

  const openCommit = keep(new OpenCommit(log));
  const names = new LiveNames(workspaces, (error) => logError(error, log));
  const jobFiles = keep(new JobFiles(workspaces, names, log));
  const newest = keep(new NewestRuns(workspaces, openCommit, log));
  keep(vscode.languages.registerCodeLensProvider(SCRIPTS_WITH_LENS, new ScriptLenses(newest)));
  keep(vscode.languages.registerCodeLensProvider(YAML, new JobFileLenses(jobFiles, newest)));
  keep(vscode.window.registerUriHandler(new RunLinks(workspaces, log)));
  keep(
    vscode.window.registerTerminalLinkProvider(
      new RunTerminalLinks(workspaces, (experimentId) => table.show(experimentId), {
        runOf: (terminal) => logs.runOf(terminal),
        onError: (error) => void showError(error, log),
      }),
    ),
  );

  const runsView = keep(new RunsView(workspaces, context.workspaceState, openCommit, log));
  const models = keep(new ModelsView(workspaces, log));
  const builds = keep(new EnvironmentBuilds(workspaces));
  const assets = keep(new AssetsView(workspaces, builds, log));
  keep(vscode.workspace.registerTextDocumentContentProvider(ASSET_SCHEME, new AssetDocuments(workspaces)));
  const compute = keep(new ComputeView(workspaces, log));
  const overview = keep(new WorkspacesView(workspaces, log));
  const statusBar = keep(
    new StatusBar(workspaces, context.workspaceState, (count) => (runsView.badge = count), log),
  );
  keep(runsView.onDidLook(() => statusBar.wake()));

  const chosen = new ChosenInterpreters(context.workspaceState);
  const secrets = new JobSecrets(context.secrets);
  const serverSettings = keep(new ServerSettingsSync(workspaces, log));
  const submitter = new Submitter(workspaces, secrets, serverSettings, chosen, log);
  keep(vscode.tasks.registerTaskProvider(TASK_TYPE, new JobTaskProvider({ workspaces, submitter, log })));

  const ends = keep(new EndNotices(workspaces, context.workspaceState, log));
  const onSubmitted = (run: Run) => {
    ends.watch(run);
    statusBar.wake();
    newest.refresh();
    if (runsView.isVisible) runsView.reveal(run).catch((error: unknown) => logError(error, log));
    showSubmitted(run, charts, logs).catch((error: unknown) => showError(error, log));
  };
  const register = commandRegister(context, log);
  const choose = new RunChooser(workspaces, () => runsView.selection);
  const submitParts = { workspaces, submitter, memory, secrets, chosen, log, onSubmitted };
  registerSubmitCommands(register, submitParts);
  registerJobFileCommands(register, { ...submitParts, known: keep(new KnownJobFiles(log)), names });
  registerSubmitAgain(register, submitParts);
  registerSaveJobFile(register, workspaces, choose);
  registerDebugCommands(register, submitParts, workspaces, choose);
  registerChooseInterpreter(register, { chosen, memory, log });
  registerSecretCommands(register, secrets);
  registerRunCommands(register, {
    workspaces,
    choose,
    log,
    charts,
    compare,
    panel,
    logs,
    reveal: (run) => runsView.reveal(run),
  });
  registerDeletedCommands(register, workspaces, choose, log);
  registerChartCommands(register, charts);
  registerModelCommands(register, workspaces, choose);
  const chooseAsset = new AssetChooser(workspaces);
  registerAssetCommands(register, { workspaces, choose: chooseAsset, view: assets });
  registerEnvironmentCommands(register, { workspaces, choose: chooseAsset, builds, chosen, log });
  registerDataCommands(register, { workspaces, choose: chooseAsset });
  registerDatastoreCommands(register, { workspaces, secrets: workspaceSecrets });
  registerFailureCommands(register, workspaces, choose);
  registerRunFileCommands(register, workspaces, choose);
  registerCodeCommands(register, { workspaces, choose, submitter, memory, onSubmitted });
  registerViewCommands(register, workspaces, {
    runs: runsView,
    models,
    others: [assets, compute, overview],
    table,
  });
  registerWorkspaceCommands(register, { workspaces, secrets: workspaceSecrets });
  registerServerCommands(register, workspaces, log);
  registerComputeCommands(register, { workspaces, choose });
  registerOutputCommands(register, { workspaces, choose });
  registerPathCommands(register, context, log);
  registerStoreCommands(register, workspaces, serverEntry);

  keep(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (touchesSetting(event, SETTINGS.metric)) runsView.redraw();
      if (touchesSetting(event, SETTINGS.metric, SETTINGS.codeLens)) newest.refresh();
      if (touchesSetting(event, SETTINGS.home))
        offerReload().catch((error: unknown) => showError(error, log));
    }),
  );
  if (statusBar.isUsed) {
    // After a reload in mid-run the count is back; a server that does not run has nothing to count.
    setImmediate(() => {
      Promise.all(workspaces.all.filter(({ jobs }) => jobs !== undefined).map(isUp)).then(
        (areUp) => {
          if (!areUp.includes(true)) return;
          statusBar.wake();
          ends.resume();
        },
        (error: unknown) => logError(error, log),
      );
    });
  }
}

const SCRIPTS_WITH_LENS: vscode.DocumentFilter = { language: 'python', scheme: 'file' };
const READ_ONLY = { isReadonly: true, isCaseSensitive: true };

async function showSubmitted(run: Run, charts: ChartsPanels, logs: LogTerminals): Promise<void> {
  switch (settings.showAfterSubmit()) {
    case 'charts':
      await charts.join(run, { beside: true });
      break;
    case 'log':
      logs.show(run);
      break;
    case 'nothing':
      break;
  }
}

async function offerReload(): Promise<void> {
  const reload = vscode.l10n.t('Reload Window');
  const message = vscode.l10n.t('Reload the window to use the new home folder of Trainyard.');
  if ((await vscode.window.showInformationMessage(message, reload)) === reload)
    await vscode.commands.executeCommand('workbench.action.reloadWindow');
}
