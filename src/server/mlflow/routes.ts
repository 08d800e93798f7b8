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

import {
  ITS_ARTIFACTS,
  ITS_MODELS,
  ITS_POINTS,
  ITS_RUNS,
  ITS_VERSIONS,
  MODELS_OF_ITS_EXPERIMENT,
  NEW_MODEL,
  NEW_VERSION,
} from './rights.js';

import { group, on, type Options, refused, type Route } from './route.js';

/** The whole protocol, one line a route: what is answered and to whom, and what is not and why. */

const ROOT: Options = { face: 'root' };
const AJAX: Options = { face: 'ajax' };
const V3: Options = { version: '3.0' };
const STREAM: Options = { body: 'stream' };
const ANY = 'GET POST PUT PATCH DELETE';

const TRACES = 'Traces are kept as files of their experiment, not listed.';
const PAGES = "It serves MLflow's own web pages, which are not included.";
const ONE_PERSON = 'This server is for one person on one machine.';

export const ROUTES: readonly Route[] = [
  ...group(
    'Experiments',
    on('POST', '/mlflow/experiments/create', 'job', experiments.create),
    on('GET', '/mlflow/experiments/get', 'job', experiments.get),
    on('GET', '/mlflow/experiments/get-by-name', 'job', experiments.getByName),
    on('GET POST', '/mlflow/experiments/search', 'job', experiments.search),
    on('POST', '/mlflow/experiments/update', 'person', experiments.update),
    on('POST', '/mlflow/experiments/delete', 'person', experiments.remove),
    on('POST', '/mlflow/experiments/restore', 'person', experiments.restore),
    on('POST', '/mlflow/experiments/set-experiment-tag', 'person', experiments.setTag),
    on('POST', '/mlflow/experiments/delete-experiment-tag', 'person', experiments.deleteTag),
    on('POST', '/mlflow/experiments/search-datasets', 'job', experiments.searchDatasets, AJAX),
  ),
  ...group(
    'Runs',
    on('POST', '/mlflow/runs/create', 'job', runs.create),
    on('GET', '/mlflow/runs/get', 'job', runs.get),
    on('POST', '/mlflow/runs/update', ITS_RUNS, runs.update),
    on('POST', '/mlflow/runs/delete', 'person', runs.remove),
    on('POST', '/mlflow/runs/restore', 'person', runs.restore),
    on('POST', '/mlflow/runs/search', 'job', runs.search),
    on('POST', '/mlflow/runs/log-metric', ITS_POINTS, logging.logMetric),
    on('POST', '/mlflow/runs/log-parameter', ITS_RUNS, logging.logParam),
    on('POST', '/mlflow/runs/log-batch', ITS_POINTS, logging.logBatch),
    on('POST', '/mlflow/runs/set-tag', ITS_RUNS, logging.setTag),
    on('POST', '/mlflow/runs/delete-tag', ITS_RUNS, logging.deleteTag),
    on('POST', '/mlflow/runs/log-model', ITS_RUNS, logging.logModel),
    on('POST', '/mlflow/runs/log-inputs', ITS_RUNS, inputs.logInputs),
    on('POST', '/mlflow/runs/outputs', ITS_RUNS, inputs.logOutputs),
  ),
  ...group(
    'Metric histories',
    on('GET', '/mlflow/metrics/get-history', 'job', metrics.history),
    on('GET', '/mlflow/metrics/get-history-bulk', 'job', metrics.bulk, AJAX),
    on('GET', '/mlflow/metrics/get-history-bulk-interval', 'job', metrics.bulkInterval),
  ),
  ...group(
    'Artifacts',
    on('PUT', '/mlflow-artifacts/artifacts/*', ITS_ARTIFACTS, artifacts.upload, STREAM),
    on('GET', '/mlflow-artifacts/artifacts/*', 'job', artifacts.download),
    on('GET', '/mlflow-artifacts/artifacts', 'job', artifacts.list),
    on('DELETE', '/mlflow-artifacts/artifacts/*', 'person', artifacts.remove, STREAM),
    on('POST', '/mlflow-artifacts/mpu/create/*', 'job', artifacts.multipartUpload),
    on('POST', '/mlflow-artifacts/mpu/complete/*', 'job', artifacts.multipartUpload),
    on('POST', '/mlflow-artifacts/mpu/abort/*', 'job', artifacts.multipartUpload),
    on('GET', '/mlflow-artifacts/presigned/*', 'job', artifacts.multipartDownload),
    on('GET', '/mlflow/artifacts/list', 'job', artifacts.listOfRun),
    on('POST', '/mlflow/upload-artifact', ITS_RUNS, artifacts.uploadToRun, { ...AJAX, ...STREAM }),
    on('GET', '/get-artifact', 'job', artifacts.getOfRun, ROOT),
    on('GET', '/model-versions/get-artifact', 'job', artifacts.getOfVersion, ROOT),
    on('GET', '/mlflow/logged-models/:model_id/artifacts/files', 'job', artifacts.getOfModel, AJAX),
  ),
  ...group(
    'Logged models',
    on('POST', '/mlflow/logged-models', NEW_MODEL, loggedModels.create),
    on('POST', '/mlflow/logged-models/search', 'job', loggedModels.search),
    on('GET', '/mlflow/logged-models/:model_id', 'job', loggedModels.get),
    on('PATCH', '/mlflow/logged-models/:model_id', ITS_MODELS, loggedModels.finalize),
    on('DELETE', '/mlflow/logged-models/:model_id', 'person', loggedModels.remove),
    on('POST', '/mlflow/logged-models/:model_id/params', MODELS_OF_ITS_EXPERIMENT, loggedModels.logParams),
    on('PATCH', '/mlflow/logged-models/:model_id/tags', MODELS_OF_ITS_EXPERIMENT, loggedModels.setTags),
    on('DELETE', '/mlflow/logged-models/:model_id/tags/:tag_key', ITS_MODELS, loggedModels.deleteTag),
    on('GET', '/mlflow/logged-models/:model_id/artifacts/directories', 'job', artifacts.listOfModel),
  ),
  ...group(
    'Registered models',
    on('POST', '/mlflow/registered-models/create', 'job', registered.create),
    on('POST', '/mlflow/registered-models/rename', 'person', registered.rename),
    on('PATCH', '/mlflow/registered-models/update', 'person', registered.update),
    on('DELETE', '/mlflow/registered-models/delete', 'person', registered.remove),
    on('GET', '/mlflow/registered-models/get', 'job', registered.get),
    on('GET', '/mlflow/registered-models/search', 'job', registered.search),
    on('GET POST', '/mlflow/registered-models/get-latest-versions', 'job', registered.getLatestVersions),
    on('POST', '/mlflow/registered-models/set-tag', 'person', registered.setTag),
    on('DELETE', '/mlflow/registered-models/delete-tag', 'person', registered.deleteTag),
    on('POST', '/mlflow/registered-models/alias', 'person', registered.setAlias),
    on('DELETE', '/mlflow/registered-models/alias', 'person', registered.deleteAlias),
    on('GET', '/mlflow/registered-models/alias', 'job', registered.getByAlias),
  ),
  ...group(
    'Model versions',
    on('POST', '/mlflow/model-versions/create', NEW_VERSION, versions.create),
    on('GET', '/mlflow/model-versions/get', 'job', versions.get),
    on('PATCH', '/mlflow/model-versions/update', ITS_VERSIONS, versions.update),
    on('POST', '/mlflow/model-versions/transition-stage', 'person', versions.transitionStage),
    on('DELETE', '/mlflow/model-versions/delete', 'person', versions.remove),
    on('GET', '/mlflow/model-versions/search', 'job', versions.search),
    on('GET', '/mlflow/model-versions/get-download-uri', 'job', versions.getDownloadUri),
    on('POST', '/mlflow/model-versions/set-tag', ITS_VERSIONS, versions.setTag),
    on('DELETE', '/mlflow/model-versions/delete-tag', ITS_VERSIONS, versions.deleteTag),
  ),
  ...group(
    'Traces',
    on('POST', '/mlflow/traces', 'job', traces.start, V3),
    on('POST', '/mlflow/traces/search', 'job', traces.search, V3),
  ),
  ...group(
    'Probes',
    on('GET', '/health', 'anyone', probes.health, ROOT),
    on('GET', '/version', 'job', probes.version, ROOT),
    on('GET', '/mlflow/server-info', 'job', probes.serverInfo, V3),
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
    'Artifacts are on this machine, so there are no URLs to presign.',
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
