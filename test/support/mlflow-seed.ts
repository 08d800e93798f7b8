import type { Seed } from '../contract/workspace.js';

/** Puts data into any server that speaks MLflow's protocol, as a script does. @param url without a `/` at its end */
export function mlflowSeed(url: string, headers: Record<string, string> = {}): Seed {
  async function send(method: string, at: string, body?: unknown): Promise<Record<string, unknown>> {
    const isFile = body instanceof Uint8Array;
    const response = await fetch(`${url}/api/2.0/${at}`, {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && {
          'content-type': isFile ? 'application/octet-stream' : 'application/json',
        }),
      },
      body: body === undefined ? undefined : isFile ? (body as BodyInit) : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
  const tags = (all: Record<string, string>) => Object.entries(all).map(([key, value]) => ({ key, value }));
  const placeOf = async (runId: string) => {
    const { run } = await send('GET', `mlflow/runs/get?run_id=${runId}`);
    return (run as { info: { artifact_uri: string } }).info.artifact_uri.replace(/^mlflow-artifacts:\/*/, '');
  };
  const put = async (place: string, path: string, bytes: Uint8Array) => {
    const name = `${place}/${path}`.split('/').map(encodeURIComponent).join('/');
    await send('PUT', `mlflow-artifacts/artifacts/${name}`, bytes);
  };
  return {
    async experiment(name) {
      return (await send('POST', 'mlflow/experiments/create', { name })).experiment_id as string;
    },
    async run(experimentId, { name, startTime = Date.now(), tags: own = {} }) {
      const body = {
        experiment_id: experimentId,
        run_name: name,
        start_time: startTime,
        // As the client does, which says it twice.
        user_id: own['mlflow.user'] ?? '',
        tags: tags(own),
      };
      const { run } = await send('POST', 'mlflow/runs/create', body);
      return (run as { info: { run_id: string } }).info.run_id;
    },
    async log(runId, { params = {}, points = [] }) {
      for (let i = 0; i === 0 || i < points.length; i += 1_000) {
        const metrics = points.slice(i, i + 1_000).map(({ key, value, step, timestamp }) => ({
          key,
          value: Number.isFinite(value) ? value : String(value),
          step,
          timestamp,
        }));
        await send('POST', 'mlflow/runs/log-batch', {
          run_id: runId,
          metrics,
          params: i === 0 ? tags(params) : [],
          tags: [],
        });
      }
    },
    async finish(runId, status = 'FINISHED') {
      await send('POST', 'mlflow/runs/update', { run_id: runId, status, end_time: Date.now() });
    },
    async file(runId, path, bytes) {
      await put(await placeOf(runId), path, bytes);
    },
    async loggedModel(experimentId, runId, name) {
      const { model } = await send('POST', 'mlflow/logged-models', {
        experiment_id: experimentId,
        name,
        source_run_id: runId,
      });
      const id = (model as { info: { model_id: string } }).info.model_id;
      await send('PATCH', `mlflow/logged-models/${id}`, { model_id: id, status: 'LOGGED_MODEL_READY' });
      return id;
    },
    async alias(name, version, alias) {
      await send('POST', 'mlflow/registered-models/alias', { name, version, alias });
    },
  };
}
