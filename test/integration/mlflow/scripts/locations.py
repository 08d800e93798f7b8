"""Experiments whose artifacts this server keeps, below roots of any names; and files of the client's own, with models."""

import pathlib
import tempfile

import mlflow
import mlflow.pyfunc


class Doubles(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * x for x in model_input]


own = pathlib.Path(tempfile.mkdtemp())
client = mlflow.MlflowClient()
LOCATIONS = [
    "mlflow-artifacts:/models",
    "mlflow-artifacts:/prod/models",
    "mlflow-artifacts:/traces",
    "mlflow-artifacts:/a/traces/b",
    "mlflow-artifacts:/artifacts",
    "mlflow-artifacts:/x/artifacts/models/artifacts",
    "mlflow-artifacts:/a b/\u00fc+100",
    "mlflow-artifacts:/shared",
    "mlflow-artifacts:/shared",
    own.as_uri(),
    str(own / "plain"),
]
for number, location in enumerate(LOCATIONS):
    experiment = mlflow.create_experiment(f"located {number}", artifact_location=location)
    assert mlflow.get_experiment(experiment).artifact_location == location
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text(f"hello {number}", "notes/artifacts/a.txt")
        (own / "b.txt").write_text(f"b {number}")
        mlflow.log_artifact(str(own / "b.txt"))
        # Of each kind one: it takes seconds.
        with_model = number in (0, 1, 5, len(LOCATIONS) - 1)
        if with_model:
            info = mlflow.pyfunc.log_model(name="doubles", python_model=Doubles(), pip_requirements=[])

    run_id = run.info.run_id
    assert run.info.artifact_uri == f"{location}/{run_id}/artifacts", run.info.artifact_uri
    assert sorted(f.path for f in client.list_artifacts(run_id)) == ["b.txt", "notes"], location
    assert [f.path for f in client.list_artifacts(run_id, "notes/artifacts")] == ["notes/artifacts/a.txt"]
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/artifacts/a.txt") == f"hello {number}"
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/b.txt") == f"b {number}"
    folder = pathlib.Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="notes"))
    assert (folder / "artifacts" / "a.txt").read_text() == f"hello {number}"
    if with_model:
        assert mlflow.pyfunc.load_model(info.model_uri).predict([1, 2]) == [2, 4]
        assert mlflow.register_model(info.model_uri, f"doubles {number}").run_id == run_id
    if location.startswith("mlflow-artifacts:"):
        # Named by its place, a file of the run tells of the run however deep it is.
        client.create_registered_model(f"placed {number}")
        placed = client.create_model_version(f"placed {number}", f"{run.info.artifact_uri}/notes")
        assert placed.run_id == run_id, (location, placed.run_id)

# A location among the files of another run: each has its own.
outer = mlflow.create_experiment("outer", artifact_location="mlflow-artifacts:/outer")
with mlflow.start_run(experiment_id=outer) as first:
    mlflow.log_text("first", "a.txt")
inner = mlflow.create_experiment("inner", artifact_location=f"{first.info.artifact_uri}/sub")
with mlflow.start_run(experiment_id=inner) as second:
    mlflow.log_text("second", "a.txt")
assert [f.path for f in client.list_artifacts(first.info.run_id)] == ["a.txt"]
assert mlflow.artifacts.load_text(f"runs:/{first.info.run_id}/a.txt") == "first"
assert mlflow.artifacts.load_text(f"runs:/{second.info.run_id}/a.txt") == "second"
