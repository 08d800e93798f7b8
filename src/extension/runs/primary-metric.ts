import type { MetricSummary } from '../../workspace/types.js';

/** The tag of an experiment that names the metric by which its runs are judged (the one MLflow's own page sets). */
export const PRIMARY_METRIC_TAG = 'mlflow.experiment.primaryMetric.name';

const USUAL = ['val_accuracy', 'val_acc', 'accuracy', 'acc', 'val_loss', 'eval_loss', 'loss', 'train_loss'];

/**
 * The metric to show of a run in one line: the one asked for, else the experiment's, else the usual ones by name
 * (also below a prefix, as `val/accuracy` or `epoch/val_loss`), else the first by name. System metrics never stand
 * for a run, unless asked for.
 */
export function primaryMetric(
  metrics: Readonly<Record<string, MetricSummary>>,
  wanted: string,
  experimentTags: Readonly<Record<string, string>> = {},
): string | undefined {
  for (const name of [wanted, experimentTags[PRIMARY_METRIC_TAG]]) if (name && name in metrics) return name;
  const names = Object.keys(metrics)
    .filter((name) => !name.startsWith('system/'))
    .sort();
  const plain = (name: string) => name.toLowerCase().replaceAll(/[/.-]/g, '_');
  for (const usual of USUAL) {
    const found =
      names.find((name) => plain(name) === usual) ?? names.find((name) => plain(name).endsWith(`_${usual}`));
    if (found !== undefined) return found;
  }
  return names[0];
}
