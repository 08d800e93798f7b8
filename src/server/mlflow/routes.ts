import type { HTTPMethods } from 'fastify';
import type { Endpoint } from './endpoint.js';
import * as artifacts from './handlers/artifacts.js';
import * as experiments from './handlers/experiments.js';
import * as inputs from './handlers/inputs.js';
import * as loggedModels from './handlers/logged-models.js';
import * as logging from './handlers/logging.js';
import * as metrics from './handlers/metrics.js';
import * as versions from './handlers/model-versions.js';
import * as probes from './handlers/probes.js';
import * as registered from './handlers/registered-models.js';
import * as runs from './handlers/runs.js';
import * as traces from './handlers/traces.js';

/** The whole protocol, one line a route: what is answered, and what is not and why. */

/**
 * `api`: below /api and /ajax-api; `ajax`: below /ajax-api only, as only MLflow's browser pages call it;
 * `root`: as it stands.
 */
export type Face = 'api' | 'ajax' | 'root';

interface RoutePlace {
  group: string;
  methods: HTTPMethods[];
  /** In Fastify's notation, below `/api/<version>`. */
  path: string;
  face: Face;
  /** Absent for `root`. */
  version?: '2.0' | '3.0';
}

export interface ImplementedRoute extends RoutePlace {
  status: 'implemented';
  endpoint: Endpoint;
  /** `stream`: the body is not parsed and not bounded. */
  body: 'json' | 'stream';
}

export interface RefusedRoute extends RoutePlace {
  status: 'refused';
  why: string;
}

export type Route = ImplementedRoute | RefusedRoute;

type Options = Partial<Pick<ImplementedRoute, 'face' | 'version' | 'body'>>;

/** `'GET POST'`, a path and its handler. */
type Line = [methods: string, path: string, endpoint: Endpoint, options?: Options];

function group(name: string, ...lines: Line[]): ImplementedRoute[] {
  return lines.map(([methods, path, endpoint, options = {}]) => {
    const { face = 'api', version = '2.0', body = 'json' } = options;
    return {
      group: name,
      methods: methods.split(' ') as HTTPMethods[],
      path,
      face,
      version: face === 'root' ? undefined : version,
      status: 'implemented',
      endpoint,
      body,
    };
  });
}

function refused(
  version: '2.0' | '3.0' | 'root',
  why: string,
  ...lines: [methods: string, path: string][]
): RefusedRoute[] {
  return lines.map(([methods, path]) => ({
    group: 'Not answered',
    methods: methods.split(' ') as HTTPMethods[],
    path,
    ...(version === 'root' ? { face: 'root' as const } : { face: 'api' as const, version }),
    status: 'refused',
    why,
  }));
}

const ROOT: Options = { face: 'root' };
const AJAX: Options = { face: 'ajax' };
const V3: Options = { version: '3.0' };
const STREAM: Options = { body: 'stream' };
const ANY = 'GET POST PUT PATCH DELETE';

const TRACES = 'Traces are kept as files of their experiment, not listed.';
const PAGES = "It serves MLflow's own pages, which are not here.";
const ONE_PERSON = 'This server is for one person on one machine.';

export const ROUTES: readonly Route[] = [
  ...group(
    'Experiments',
    ['POST', '/mlflow/experiments/create', experiments.create],
    ['GET', '/mlflow/experiments/get', experiments.get],
    ['GET', '/mlflow/experiments/get-by-name', experiments.getByName],
    ['GET POST', '/mlflow/experiments/search', experiments.search],
    ['POST', '/mlflow/experiments/update', experiments.update],
    ['POST', '/mlflow/experiments/delete', experiments.remove],
    ['POST', '/mlflow/experiments/restore', experiments.restore],
    ['POST', '/mlflow/experiments/set-experiment-tag', experiments.setTag],
    ['POST', '/mlflow/experiments/delete-experiment-tag', experiments.deleteTag],
    ['POST', '/mlflow/experiments/search-datasets', experiments.searchDatasets, AJAX],
  ),
  ...group(
    'Runs',
    ['POST', '/mlflow/runs/create', runs.create],
    ['GET', '/mlflow/runs/get', runs.get],
    ['POST', '/mlflow/runs/update', runs.update],
    ['POST', '/mlflow/runs/delete', runs.remove],
    ['POST', '/mlflow/runs/restore', runs.restore],
    ['POST', '/mlflow/runs/search', runs.search],
    ['POST', '/mlflow/runs/log-metric', logging.logMetric],
    ['POST', '/mlflow/runs/log-parameter', logging.logParam],
    ['POST', '/mlflow/runs/log-batch', logging.logBatch],
    ['POST', '/mlflow/runs/set-tag', logging.setTag],
    ['POST', '/mlflow/runs/delete-tag', logging.deleteTag],
    ['POST', '/mlflow/runs/log-model', logging.logModel],
    ['POST', '/mlflow/runs/log-inputs', inputs.logInputs],
    ['POST', '/mlflow/runs/outputs', inputs.logOutputs],
  ),
  ...group(
    'Metric histories',
    ['GET', '/mlflow/metrics/get-history', metrics.history],
    ['GET', '/mlflow/metrics/get-history-bulk', metrics.bulk, AJAX],
    ['GET', '/mlflow/metrics/get-history-bulk-interval', metrics.bulkInterval],
  ),
  ...group(
    'Artifacts',
    ['PUT', '/mlflow-artifacts/artifacts/*', artifacts.upload, STREAM],
    ['GET', '/mlflow-artifacts/artifacts/*', artifacts.download],
    ['GET', '/mlflow-artifacts/artifacts', artifacts.list],
    ['DELETE', '/mlflow-artifacts/artifacts/*', artifacts.remove, STREAM],
    ['POST', '/mlflow-artifacts/mpu/create/*', artifacts.multipartUpload],
    ['POST', '/mlflow-artifacts/mpu/complete/*', artifacts.multipartUpload],
    ['POST', '/mlflow-artifacts/mpu/abort/*', artifacts.multipartUpload],
    ['GET', '/mlflow-artifacts/presigned/*', artifacts.multipartDownload],
    ['GET', '/mlflow/artifacts/list', artifacts.listOfRun],
    ['POST', '/mlflow/upload-artifact', artifacts.uploadToRun, { ...AJAX, ...STREAM }],
    ['GET', '/get-artifact', artifacts.getOfRun, ROOT],
    ['GET', '/model-versions/get-artifact', artifacts.getOfVersion, ROOT],
    ['GET', '/mlflow/logged-models/:model_id/artifacts/files', artifacts.getOfModel, AJAX],
  ),
  ...group(
    'Logged models',
    ['POST', '/mlflow/logged-models', loggedModels.create],
    ['POST', '/mlflow/logged-models/search', loggedModels.search],
    ['GET', '/mlflow/logged-models/:model_id', loggedModels.get],
    ['PATCH', '/mlflow/logged-models/:model_id', loggedModels.finalize],
    ['DELETE', '/mlflow/logged-models/:model_id', loggedModels.remove],
    ['POST', '/mlflow/logged-models/:model_id/params', loggedModels.logParams],
    ['PATCH', '/mlflow/logged-models/:model_id/tags', loggedModels.setTags],
    ['DELETE', '/mlflow/logged-models/:model_id/tags/:tag_key', loggedModels.deleteTag],
    ['GET', '/mlflow/logged-models/:model_id/artifacts/directories', artifacts.listOfModel],
  ),
  ...group(
    'Registered models',
    ['POST', '/mlflow/registered-models/create', registered.create],
    ['POST', '/mlflow/registered-models/rename', registered.rename],
    ['PATCH', '/mlflow/registered-models/update', registered.update],
    ['DELETE', '/mlflow/registered-models/delete', registered.remove],
    ['GET', '/mlflow/registered-models/get', registered.get],
    ['GET', '/mlflow/registered-models/search', registered.search],
    ['GET POST', '/mlflow/registered-models/get-latest-versions', registered.getLatestVersions],
    ['POST', '/mlflow/registered-models/set-tag', registered.setTag],
    ['DELETE', '/mlflow/registered-models/delete-tag', registered.deleteTag],
    ['POST', '/mlflow/registered-models/alias', registered.setAlias],
    ['DELETE', '/mlflow/registered-models/alias', registered.deleteAlias],
    ['GET', '/mlflow/registered-models/alias', registered.getByAlias],
  ),
  ...group(
    'Model versions',
    ['POST', '/mlflow/model-versions/create', versions.create],
    ['GET', '/mlflow/model-versions/get', versions.get],
    ['PATCH', '/mlflow/model-versions/update', versions.update],
    ['POST', '/mlflow/model-versions/transition-stage', versions.transitionStage],
    ['DELETE', '/mlflow/model-versions/delete', versions.remove],
    ['GET', '/mlflow/model-versions/search', versions.search],
    ['GET', '/mlflow/model-versions/get-download-uri', versions.getDownloadUri],
    ['POST', '/mlflow/model-versions/set-tag', versions.setTag],
    ['DELETE', '/mlflow/model-versions/delete-tag', versions.deleteTag],
  ),
  ...group(
    'Traces',
    ['POST', '/mlflow/traces', traces.start, V3],
    ['POST', '/mlflow/traces/search', traces.search, V3],
  ),
  ...group(
    'Probes',
    ['GET', '/health', probes.health, ROOT],
    ['GET', '/version', probes.version, ROOT],
    ['GET', '/mlflow/server-info', probes.serverInfo, V3],
  ),
  ...refused(
    '2.0',
    TRACES,
    [ANY, '/mlflow/traces'],
    [ANY, '/mlflow/traces/*'],
    ['GET', '/mlflow/unified-traces'],
    ['GET', '/mlflow/get-online-trace-details'],
    ['GET', '/mlflow/get-trace-artifact'],
  ),
  ...refused('3.0', TRACES, [ANY, '/mlflow/traces/*'], ['GET', '/mlflow/get-trace-artifact']),
  ...refused('root', TRACES, ['POST', '/v1/traces']),
  ...refused(
    '2.0',
    'Artifacts are on this machine; there is no other place to sign an address for.',
    ['POST', '/mlflow/artifacts/presigned-upload-url'],
    ['POST', '/mlflow/artifacts/presigned-download-url'],
  ),
  ...refused(
    '2.0',
    'A webhook would let a request make this machine call any address.',
    [ANY, '/mlflow/webhooks'],
    [ANY, '/mlflow/webhooks/*'],
  ),
  ...refused(
    '3.0',
    'It belongs to the evaluation of language models, which is not part of training.',
    [ANY, '/mlflow/datasets/*'],
    [ANY, '/mlflow/scorers/*'],
    [ANY, '/mlflow/scorer/*'],
    [ANY, '/mlflow/genai/*'],
    [ANY, '/mlflow/mcp-servers'],
    [ANY, '/mlflow/mcp-servers/*'],
    [ANY, '/mlflow/skills'],
    [ANY, '/mlflow/skills/*'],
    [ANY, '/mlflow/issues'],
    [ANY, '/mlflow/issues/*'],
    [ANY, '/mlflow/label-schemas/*'],
    [ANY, '/mlflow/review-queues/*'],
    [ANY, '/mlflow/prompt-optimization/*'],
  ),
  ...refused(
    '3.0',
    ONE_PERSON,
    [ANY, '/mlflow/workspaces'],
    [ANY, '/mlflow/workspaces/*'],
    [ANY, '/mlflow/gateway/*'],
  ),
  ...refused('2.0', ONE_PERSON, ['GET POST', '/mlflow/gateway-proxy']),
  ...refused('root', ONE_PERSON, [ANY, '/gateway/*']),
  ...refused('2.0', PAGES, ['POST', '/mlflow/runs/create-promptlab-run']),
  ...refused(
    '3.0',
    PAGES,
    ['GET POST', '/mlflow/ui-telemetry'],
    [ANY, '/mlflow/assistant/*'],
    [ANY, '/mlflow/demo/*'],
    [ANY, '/mlflow/jobs/*'],
    [ANY, '/jobs/*'],
  ),
  ...refused('root', PAGES, ['GET POST', '/graphql']),
];

/** The addresses that a route answers at. */
export function urlsOf({ face, version, path }: Route): string[] {
  if (face === 'root') return [path];
  const ajax = `/ajax-api/${version}${path}`;
  return face === 'ajax' ? [ajax] : [`/api/${version}${path}`, ajax];
}
