import * as vscode from 'vscode';
import { type LimitsProblem, parseLimits, writeLimits } from '../../panels/limits-text.js';
import type { Limits, YScale } from '../../panels/messages.js';

interface Question {
  /** Its id. */
  chart: string;
  /** As they are. */
  limits: Limits;
  yScale: YScale;
}

/** Asks where the y axis of a chart is to end; undefined when a person thought better of it. */
export async function askLimits({ chart, limits, yScale }: Question): Promise<Limits | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Y axis of {0}', chart.replaceAll('\n', ', ')),
    prompt: vscode.l10n.t('Minimum and maximum, as in 0, 1. Leave one empty to keep it automatic.'),
    value: writeLimits(limits),
    validateInput(value) {
      const parsed = parseLimits(value);
      if (typeof parsed === 'string') return sentence(parsed);
      const isBeyond =
        yScale === 'log' && [parsed.min, parsed.max].some((end) => end !== undefined && end <= 0);
      if (!isBeyond) return undefined;
      // It counts as soon as the axis is another; so it may be said.
      const message = vscode.l10n.t(
        'A logarithmic axis cannot show zero or negative values. That end stays automatic.',
      );
      return { message, severity: vscode.InputBoxValidationSeverity.Warning };
    },
  });
  if (text === undefined) return undefined;
  const parsed = parseLimits(text);
  return typeof parsed === 'string' ? undefined : parsed;
}

function sentence(problem: LimitsProblem): string {
  switch (problem) {
    case 'form':
      return vscode.l10n.t(
        'Enter two numbers separated by a comma. You can leave one out, as in “, 1” or “0,”.',
      );
    case 'order':
      return vscode.l10n.t('The first value must be less than the second.');
  }
}
