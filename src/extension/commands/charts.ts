import { type CommandId, COMMANDS } from '../command-ids.js';
import type { ChartsPanels } from '../panels/charts-panel.js';
import type { ChartVerb } from '../panels/messages.js';
import type { Register } from './register.js';

const VERBS: readonly (readonly [CommandId, ChartVerb])[] = [
  [COMMANDS.expandChart, 'expand'],
  [COMMANDS.pinChart, 'pin'],
  [COMMANDS.copyChartImage, 'copyImage'],
  [COMMANDS.saveChartImage, 'saveImage'],
  [COMMANDS.saveChartData, 'saveData'],
  [COMMANDS.openChartData, 'openData'],
];

/** What the context menu of a chart offers (the page tells which chart: `data-vscode-context`), and the panel as a whole. */
export function registerChartCommands(register: Register, charts: ChartsPanels): void {
  for (const [command, verb] of VERBS)
    register(command, (context) => {
      if (typeof context === 'object' && context !== null && 'metric' in context)
        charts.act(verb, String(context.metric));
    });
  register(COMMANDS.saveChartsLayout, () => charts.saveLayout());
  register(COMMANDS.loadChartsLayout, () => charts.loadLayout());
  register(COMMANDS.resetChartsLayout, () => charts.resetLayout());
}
