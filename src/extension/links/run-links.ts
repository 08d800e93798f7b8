import * as vscode from 'vscode';

/** Ids as the server takes them. */
const RUN_ID = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,255}$/;
const EXTENSION_ID = 'trainyard.trainyard';

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** An address that opens the panel of a run in the editor, from anywhere on this machine. */
export function runLink(runId: string): string {
  return `${vscode.env.uriScheme}://${EXTENSION_ID}/run/${runId}`;
}
