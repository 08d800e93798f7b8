/** The editor's side of a panel. Handed to what needs it, so that a panel runs in a plain browser page too. */
export interface Host<In, Out, State> {
  post(message: Out): void;
  /** Calls back until disposed. */
  onMessage(listener: (message: In) => void): { dispose(): void };
  /** Undefined when nothing was kept, or by a version whose state nobody understands any more. */
  readonly state: State | undefined;
  /** Kept by the editor across hiding, reload and restart. */
  keep(state: State): void;
}

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/**
 * May be called once in a page.
 * @param read makes what an earlier version kept what is kept now
 */
export function connectHost<In, Out, State extends { version: number }>(
  version: State['version'],
  read: (kept: State) => State = (kept) => kept,
): Host<In, Out, State> {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage(listener) {
      const receive = (event: MessageEvent<In>) => listener(event.data);
      window.addEventListener('message', receive);
      return { dispose: () => window.removeEventListener('message', receive) };
    },
    get state() {
      const kept = api.getState() as State | undefined | null;
      return kept?.version === version ? read(kept) : undefined;
    },
    keep: (state) => api.setState(state),
  };
}
