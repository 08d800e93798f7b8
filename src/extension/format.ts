/** The formatters of `src/base` in the display language of the editor. */
import * as vscode from 'vscode';
import { formatsIn } from '../base/format.js';

export const { formatValue, formatCount, formatBytes, formatDuration, formatAge, formatTime } = formatsIn(
  vscode.env.language,
);
