"""log_metric.py RUN CALLS: prints the milliseconds that a call of log_metric takes, on average."""

import sys
import time

from mlflow import MlflowClient

run_id, calls = sys.argv[1], int(sys.argv[2])
client = MlflowClient()
client.log_metric(run_id, "loss", 0.0, step=0)
start = time.perf_counter()
for step in range(1, calls + 1):
    client.log_metric(run_id, "loss", 1.0 / step, step=step)
print((time.perf_counter() - start) * 1000 / calls)
