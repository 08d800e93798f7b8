/** Whether a metric is to be low or high. */
export type Goal = 'lower' | 'higher' | 'unknown';

/** Words of a metric's name, as its parts are written: val_loss, valLoss, val/loss, val-loss. */
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

/** What the name of a metric says of that. The last word that says something decides. */
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
