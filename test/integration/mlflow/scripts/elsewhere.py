"""An experiment whose artifacts are in a folder of the client's: the client goes there itself."""

import pathlib
import tempfile

import mlflow

folder = pathlib.Path(tempfile.mkdtemp())
for number, location in enumerate([folder.as_uri(), str(folder / "plain")]):
    experiment = mlflow.create_experiment(f"elsewhere {number}", artifact_location=location)
    assert mlflow.get_experiment(experiment).artifact_location == location

    with mlflow.start_run(experiment_id=experiment) as run:
        assert run.info.artifact_uri == f"{location}/{run.info.run_id}/artifacts"
        mlflow.log_metric("loss", 0.5)
        mlflow.log_text("hello", "notes/a.txt")
        source = folder / "b.txt"
        source.write_text("b")
        mlflow.log_artifact(str(source))

    client = mlflow.MlflowClient()
    run_id = run.info.run_id
    assert sorted(f.path for f in client.list_artifacts(run_id)) == ["b.txt", "notes"]
    assert pathlib.Path(client.download_artifacts(run_id, "notes/a.txt")).read_text() == "hello"
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/b.txt") == "b"
    assert list(folder.rglob(f"{run_id}/artifacts/notes/a.txt")), "it is where the experiment says"
    assert mlflow.get_run(run_id).data.metrics == {"loss": 0.5}
