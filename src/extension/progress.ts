import * as vscode from 'vscode';

/** What takes longer is shown, and can be cancelled. */
const PATIENCE = 1000;

/** An AbortSignal that follows a cancellation token. */
export function toSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** Runs `task`; after a second a notification with `title` and a Cancel button appears, which aborts the signal. */
export async function withPatience<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const result = task(controller.signal);
  const done = result.then(
    () => true,
    () => true,
  );
  const isDone = await Promise.race([done, delay(PATIENCE)]);
  if (!isDone) {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => controller.abort());
      return done;
    });
  }
  return result;
}

function delay(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
