/** Images: whether one is there, and how it comes. */
import { messageOf, TrainyardError } from '../../base/errors.js';
import { jsonLines } from '../../base/json.js';
import { type Engine, EngineError } from './engine.js';

export interface Image {
  id: string;
  /** That it sets. */
  variables: ReadonlyMap<string, string>;
}

export async function findImage(engine: Engine, name: string): Promise<Image | undefined> {
  const found = await engine.find((docker) => docker.getImage(name).inspect());
  if (!found) return undefined;
  const variables = (found.Config?.Env ?? []).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { id: found.Id, variables: new Map(variables) };
}

/** A sentence when the image is neither here nor to be had; asks its registry when it is not here. */
export async function problemWithImage(engine: Engine, name: string): Promise<string | undefined> {
  try {
    if (await findImage(engine, name)) return undefined;
    await engine.call((docker) => docker.getImage(name).distribution());
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Podman does not ask registries: the job will know when it pulls.
    if (/page not found/i.test(error.message) || (error.status === 404 && error.message === 'Not Found'))
      return undefined;
    return notThere(name, error.message);
  }
}

function notThere(name: string, why: string): string {
  return `The image “${name}” is not on this machine and cannot be pulled: ${why.replace(/\.$/, '')}.`;
}

interface PullEvent {
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
}

/** @param onProgress a few words for people @throws TARGET_FAILED | CANCELLED */
export async function pullImage(
  engine: Engine,
  name: string,
  { onProgress, signal }: { onProgress: (words: string) => void; signal: AbortSignal },
): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  try {
    // Without a tag, all of them would come.
    const tagged = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
    const stream = (await engine.call((docker) =>
      docker.pull(tagged, { abortSignal: signal }),
    )) as AsyncIterable<Buffer>;
    const sum = (of: 'current' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[of], 0);
    for await (const event of jsonLines(stream)) {
      const { id, progressDetail: { current, total } = {}, error } = event as PullEvent;
      if (error !== undefined) throw new EngineError(404, error, undefined);
      if (id !== undefined && current !== undefined && total) layers.set(id, { current, total });
      if (layers.size > 0) onProgress(`${Math.floor((sum('current') / sum('total')) * 100)} %`);
    }
  } catch (error) {
    if (signal.aborted) throw new TrainyardError('CANCELLED', 'It was cancelled.', { cause: error });
    if (!(error instanceof EngineError)) throw error;
    throw new TrainyardError('TARGET_FAILED', notThere(name, messageOf(error)), {
      hint: 'Build or pull it, or choose another image.',
      cause: error,
    });
  }
}
