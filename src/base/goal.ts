/** Whether lower or higher values of a metric are better. */
export type Goal = 'lower' | 'higher' | 'unknown';

/** The words of a metric's name: val_loss, valLoss, val/loss, val-loss. */
const LOWER = new Set(
  'loss error err mse rmse mae mape rmsle perplexity ppl nll wer cer fid latency deviance logloss brier ece regret'.split(
    ' ',
  ),
);
const HIGHER = new Set(
  'acc accuracy auc auroc auprc f1 f2 precision recall r2 iou miou dice bleu rouge meteor map ndcg mrr psnr ssim reward score sensitivity specificity kappa mcc throughput'.split(
    ' ',
  ),
);

/** The goal that the name of a metric implies. The last word with a meaning decides. */
export function goalOfName(metric: string): Goal {
  const words = metric
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (const word of words.reverse()) {
    if (LOWER.has(word)) return 'lower';
    if (HIGHER.has(word)) return 'higher';
  }
  return 'unknown';
}
