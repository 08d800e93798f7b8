import { Type } from 'typebox';
import { ARTIFACT_SCHEME } from '../../store/artifact-path.js';
import { endpoint } from '../endpoint.js';
import { invalid } from '../errors.js';
import { requireExperiment } from '../lookup.js';
import { Required, Text } from '../schema.js';
import { isTraceId } from '../validation.js';

/**
 * Just enough tracing for traced functions to run without warnings: the client is told where to store its spans, and
 * writes them there as traces.json. Traces are not listed.
 */

const Words = Type.Optional(Type.Record(Type.String(), Type.String()));

/** The fields returned; others (assessments) are not stored. */
const INFO = {
  trace_id: Required,
  request_time: Text,
  execution_duration: Text,
  state: Text,
  request_preview: Text,
  response_preview: Text,
  client_request_id: Text,
  trace_metadata: Words,
  tags: Words,
};

export const start = endpoint(
  Type.Object({
    trace: Type.Object({
      trace_info: Type.Object({
        ...INFO,
        trace_location: Type.Object({ mlflow_experiment: Type.Object({ experiment_id: Required }) }),
      }),
    }),
  }),
  ({ trace: { trace_info: info } }, { store }) => {
    if (!isTraceId(info.trace_id)) throw invalid(`Invalid trace ID '${info.trace_id}'.`);
    const { id } = requireExperiment(store, info.trace_location.mlflow_experiment.experiment_id);
    const location = `${ARTIFACT_SCHEME}${id}/traces/${info.trace_id}/artifacts`;
    const known = Object.entries(info).filter(([name]) => Object.hasOwn(INFO, name));
    return {
      trace: {
        trace_info: {
          ...Object.fromEntries(known),
          trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: id } },
          tags: { ...info.tags, 'mlflow.artifactLocation': location },
        },
      },
    };
  },
);

export const search = endpoint(Type.Object({}), () => ({}));
