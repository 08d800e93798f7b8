import type { Discovery } from '../../src/workspace/local/contract.js';

export interface MlflowRequest {
  method?: string;
  /** Below `/api/2.0/`, e.g. `mlflow/runs/create`. */
  at: string;
  /** Bytes are a file; anything else is sent as JSON. */
  body?: unknown;
}

/** A request of MLflow's protocol, as a script sends it. */
export async function ask(
  { port, token }: Pick<Discovery, 'port' | 'token'>,
  { method = 'POST', at, body }: MlflowRequest,
): Promise<Response> {
  const isFile = body instanceof Uint8Array || body instanceof ReadableStream;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
  };
  const content = isFile ? (body as BodyInit) : body === undefined ? undefined : JSON.stringify(body);
  return fetch(`http://127.0.0.1:${port}/api/2.0/${at}`, {
    method,
    headers,
    body: content,
    // Without it `fetch` refuses to send a stream.
    ...({ duplex: 'half' } as object),
  });
}

/** The same when all is well. @throws Error with what was answered otherwise */
export async function askForJson(
  server: Pick<Discovery, 'port' | 'token'>,
  request: MlflowRequest,
): Promise<Record<string, unknown>> {
  const response = await ask(server, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method ?? 'POST'} ${request.at}: ${response.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** A run of the experiment Default. @returns its id */
export async function createRun(server: Pick<Discovery, 'port' | 'token'>, name = 'run'): Promise<string> {
  const body = { experiment_id: '0', run_name: name, start_time: 0 };
  const { run } = await askForJson(server, { at: 'mlflow/runs/create', body });
  return (run as { info: { run_id: string } }).info.run_id;
}
