"""Traces do not hold a script up, and what Trainyard does not do is refused at once."""
import time

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
mlflow.set_experiment("traces")


@mlflow.trace
def predict(x):
    with mlflow.start_span("inner") as span:
        span.set_attribute("x", x)
    return x + 1


started = time.monotonic()
with mlflow.start_run():
    assert [predict(i) for i in range(100)] == list(range(1, 101))
assert time.monotonic() - started < 5, time.monotonic() - started
mlflow.flush_trace_async_logging()
assert time.monotonic() - started < 20, time.monotonic() - started
trace_id = mlflow.get_last_active_trace_id()
assert trace_id.startswith("tr-"), trace_id
assert len(mlflow.search_traces()) == 0


def refused(call, *args, **kwargs):
    started = time.monotonic()
    try:
        call(*args, **kwargs)
    except MlflowException as e:
        assert e.error_code == "NOT_IMPLEMENTED" and "Trainyard does not support this" in e.message, e
    else:
        raise SystemExit(f"{call} was not refused")
    assert time.monotonic() - started < 2, call


refused(client.set_trace_tag, trace_id, "k", "v")
refused(client.delete_trace_tag, trace_id, "k")
refused(client.delete_traces, "0", trace_ids=[trace_id])
refused(client.link_traces_to_run, [trace_id], mlflow.last_active_run().info.run_id)
refused(mlflow.log_feedback, trace_id=trace_id, name="good", value=1.0)
refused(mlflow.get_assessment, trace_id, "a-1")
refused(client.create_webhook, "hook", "https://example.com/x", ["registered_model.created"])
refused(client.list_webhooks)
refused(mlflow.genai.datasets.create_dataset, name="d")
refused(mlflow.genai.scorers.list_scorers)
print("done")
