"""A script that Trainyard started: the run is there before it."""
import os

import mlflow

run_id = os.environ["MLFLOW_RUN_ID"]
with mlflow.start_run() as run:
    assert run.info.run_id == run_id, run.info
    mlflow.log_metric("loss", 0.5, step=1)
    mlflow.log_param("lr", 0.1)
