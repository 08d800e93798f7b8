"""Fifty processes that log to one new experiment, and to one run, at the same moment."""
import multiprocessing
import os

import mlflow
from mlflow import MlflowClient

PROCESSES = 50
STEPS = 100


def train(rank, shared, barrier):
    barrier.wait()
    # All want to make the experiment and one does. The client gives the others that experiment but does not make it
    # their active one, so it is named.
    experiment = mlflow.set_experiment("crowd")
    with mlflow.start_run(experiment_id=experiment.experiment_id, run_name=f"rank {rank}", tags={"rank": str(rank)}):
        mlflow.log_params({"rank": rank, "pid": os.getpid()})
        for step in range(STEPS):
            mlflow.log_metric("loss", rank + 1 / (step + 1), step=step)
        mlflow.log_text(f"I am {rank}", "who.txt")
    MlflowClient().log_metric(shared, f"rank/{rank}", rank)
    MlflowClient().log_metric(shared, "all", rank, step=rank)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    shared = MlflowClient().create_run("0").info.run_id
    barrier = fork.Barrier(PROCESSES)
    processes = [fork.Process(target=train, args=(rank, shared, barrier)) for rank in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES

    client = MlflowClient()
    experiment = client.get_experiment_by_name("crowd")
    runs = client.search_runs([experiment.experiment_id], "status = 'FINISHED'")
    assert sorted(int(run.data.tags["rank"]) for run in runs) == list(range(PROCESSES))
    assert len({run.data.params["pid"] for run in runs}) == PROCESSES
    for run in runs:
        rank = int(run.data.tags["rank"])
        points = client.get_metric_history(run.info.run_id, "loss")
        assert [m.value for m in points] == [rank + 1 / (step + 1) for step in range(STEPS)], points
        assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/who.txt") == f"I am {rank}"
    read = client.get_run(shared)
    assert all(read.data.metrics[f"rank/{rank}"] == rank for rank in range(PROCESSES)), read.data.metrics
    assert sorted(m.step for m in client.get_metric_history(shared, "all")) == list(range(PROCESSES))
    print("done")
