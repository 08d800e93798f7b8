import type { Workspace } from '../../workspace/workspace.js';

/** The first bytes of a file that a run wrote, at most so many, and whether it goes on behind them. */
export async function readStart(
  workspace: Pick<Workspace, 'readFile'>,
  { runId, path }: { runId: string; path: string },
  mostBytes: number,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  // One more tells whether there is more.
  const bytes = await workspace.readFile(runId, path, signal, mostBytes + 1);
  return { bytes: bytes.subarray(0, mostBytes), isCut: bytes.length > mostBytes };
}
