/** Every command of the extension; package.json contributes exactly these (test/unit/extension/manifest.test.ts). */
export const COMMANDS = {
  submit: 'trainyard.submit',
  submitWithOptions: 'trainyard.submitWithOptions',
  submitAgain: 'trainyard.submitAgain',
  manageSecrets: 'trainyard.manageSecrets',

  showCharts: 'trainyard.showCharts',
  showLog: 'trainyard.showLog',
  showTable: 'trainyard.showTable',
  compare: 'trainyard.compareRuns',
  openFiles: 'trainyard.run.openFiles',
  openFile: 'trainyard.run.openFile',
  saveFile: 'trainyard.run.saveFile',
  cancel: 'trainyard.run.cancel',
  rerun: 'trainyard.run.rerun',
  copyId: 'trainyard.run.copyId',
  rename: 'trainyard.run.rename',
  editTag: 'trainyard.run.editTag',
  delete: 'trainyard.run.delete',
  showCodeChanges: 'trainyard.run.showCodeChanges',
  restoreCode: 'trainyard.run.restoreCode',
  reveal: 'trainyard.run.reveal',
  copyValue: 'trainyard.copyValue',

  expandChart: 'trainyard.charts.expand',
  pinChart: 'trainyard.charts.pin',
  copyChartImage: 'trainyard.charts.copyImage',
  saveChartImage: 'trainyard.charts.saveImage',
  saveChartData: 'trainyard.charts.saveData',
  openChartData: 'trainyard.charts.openData',
  saveChartsLayout: 'trainyard.charts.saveLayout',
  loadChartsLayout: 'trainyard.charts.loadLayout',
  resetChartsLayout: 'trainyard.charts.resetLayout',

  filterRuns: 'trainyard.runs.filter',
  clearFilter: 'trainyard.runs.clearFilter',
  onlyOpenCommit: 'trainyard.runs.onlyOpenCommit',
  allCommits: 'trainyard.runs.allCommits',
  showMore: 'trainyard.runs.showMore',
  refresh: 'trainyard.refresh',

  serverStatus: 'trainyard.server.status',
  stopServer: 'trainyard.server.stop',
  showOutput: 'trainyard.showOutput',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];
