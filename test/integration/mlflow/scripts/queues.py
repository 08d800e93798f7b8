"""What is logged in the background: asynchronous logging and the metrics of the machine."""
import os
import time

os.environ["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"] = "0.2"

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

client = MlflowClient()
mlflow.set_experiment("queues")

with mlflow.start_run() as run:
    pending = [mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False) for step in range(500)]
    pending.append(mlflow.log_params({f"p{i}": i for i in range(250)}, synchronous=False))
    pending.append(mlflow.set_tags({"a": "1", "b": "2"}, synchronous=False))
    pending.append(mlflow.log_metrics({f"m{i}": i for i in range(1200)}, step=1, synchronous=False))
    for operation in pending:
        operation.wait()
    now = int(time.time() * 1000)
    client.log_batch(
        run.info.run_id,
        metrics=[Metric("batch", i, now, i) for i in range(900)],
        params=[Param("batch", "1")],
        tags=[RunTag("batch", "1")],
        synchronous=False,
    ).wait()
read = client.get_run(run.info.run_id)
assert len(read.data.params) == 251 and len(read.data.metrics) == 1202, read.data
assert read.data.tags["a"] == "1" and read.data.tags["batch"] == "1", read.data.tags
points = client.get_metric_history(run.info.run_id, "loss")
assert sorted((m.step, m.value) for m in points) == [(step, 1 / (step + 1)) for step in range(500)]
assert len(client.get_metric_history(run.info.run_id, "batch")) == 900

mlflow.config.enable_async_logging(True)
with mlflow.start_run() as run:
    for step in range(50):
        mlflow.log_metric("loss", step, step=step)
    mlflow.log_param("lr", 0.1)
    mlflow.set_tag("kind", "async")
mlflow.config.enable_async_logging(False)
read = client.get_run(run.info.run_id)
assert read.info.status == "FINISHED" and read.data.params == {"lr": "0.1"} and read.data.tags["kind"] == "async"
assert len(client.get_metric_history(run.info.run_id, "loss")) == 50

with mlflow.start_run(log_system_metrics=True) as run:
    time.sleep(1.5)
metrics = client.get_run(run.info.run_id).data.metrics
assert metrics["system/system_memory_usage_megabytes"] > 0, metrics
assert {"system/cpu_utilization_percentage", "system/disk_usage_percentage"} <= set(metrics), metrics
assert len(client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage")) >= 3
print("done")
