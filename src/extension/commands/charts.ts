import { type CommandId, COMMANDS } from '../command-ids.js';
import type { ChartsPanels } from '../panels/charts-panel.js';
import type { ChartVerb } from '../../panels/messages.js';
import type { Register } from './register.js';

const VERBS: readonly (readonly [CommandId, ChartVerb])[] = [
  [COMMANDS.expandChart, 'expand'],
  [COMMANDS.pinChart, 'pin'],
  [COMMANDS.addMetric, 'addMetric'],
  [COMMANDS.setChartLimits, 'setLimits'],
  [COMMANDS.clearChartLimits, 'clearLimits'],
  [COMMANDS.copyChartImage, 'copyImage'],
  [COMMANDS.saveChartImage, 'saveImage'],
  [COMMANDS.saveChartVector, 'saveVector'],
  [COMMANDS.saveChartData, 'saveData'],
  [COMMANDS.openChartData, 'openData'],
];

/**
 * What the context menus of a chart and of a run in the legend offer (the page tells which: `data-vscode-context`), and
 * the panel as a whole.
 */
export function registerChartCommands(register: Register, charts: ChartsPanels): void {
  for (const [command, verb] of VERBS)
    register(command, (context) => {
      if (typeof context === 'object' && context !== null && 'metric' in context)
        charts.act(verb, String(context.metric));
    });
  register(COMMANDS.setBaseline, (context) => {
    if (typeof context === 'object' && context !== null && 'runId' in context)
      charts.setBaseline(String(context.runId));
  });
  register(COMMANDS.clearBaseline, () => charts.setBaseline(null));
  register(COMMANDS.saveChartsLayout, () => charts.saveLayout());
  register(COMMANDS.loadChartsLayout, () => charts.loadLayout());
  register(COMMANDS.resetChartsLayout, () => charts.resetLayout());
}
