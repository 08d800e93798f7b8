/** The formatters of `src/base`, and that of progress, in the display language of the editor. */
import * as vscode from 'vscode';
import { formatsIn } from '../base/format.js';
import { formatProgress as formatProgressIn } from '../workspace/progress.js';
import type { Progress } from '../workspace/types.js';

export const { formatValue, formatCount, formatBytes, formatDuration, formatAge, formatTime } = formatsIn(
  vscode.env.language,
);

export const formatProgress = (progress: Progress) => formatProgressIn(progress, vscode.env.language);
