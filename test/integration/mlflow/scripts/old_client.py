"""A client of MLflow 2: models lie among the files of their run, and logged models are not known."""
import os
import warnings

warnings.simplefilter("ignore")

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

assert mlflow.__version__.startswith("2."), mlflow.__version__
client = MlflowClient()
X = np.arange(40.0).reshape(20, 2)
y = (X[:, 0] > 20).astype(int)

experiment = mlflow.set_experiment("old")
with mlflow.start_run(run_name="one", tags={"kind": "test"}, description="words") as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"empty": "", "long": "x" * 400})
    for step, value in enumerate([1.5, float("nan"), float("inf"), 0.25]):
        mlflow.log_metric("loss", value, step=step)
    mlflow.log_metrics({f"m{i}": i for i in range(1100)}, step=1)
    mlflow.log_text("héllo", "notes/ü é.txt")
    mlflow.log_dict({"a": [1]}, "d.json")
    mlflow.log_text("", "empty.txt")
    mlflow.log_table({"q": ["a"]}, "t.json")
    mlflow.log_table({"q": ["b"]}, "t.json")
    mlflow.log_input(mlflow.data.from_numpy(X, name="numbers"), context="train")
    pending = mlflow.log_metric("later", 1.0, synchronous=False)
    with mlflow.start_run(nested=True):
        mlflow.log_metric("loss", 0.5)
run_id = run.info.run_id
read = client.get_run(run_id)
assert read.info.status == "FINISHED" and read.info.run_name == "one", read.info
assert read.data.params["lr"] == "0.1" and read.data.params["empty"] == "", read.data.params
assert len(read.data.metrics) == 1102 and read.data.metrics["loss"] == 0.25 and read.data.metrics["later"] == 1.0
assert len(client.get_metric_history(run_id, "loss")) == 4
assert read.inputs.dataset_inputs[0].dataset.name == "numbers"
assert {f.path for f in client.list_artifacts(run_id)} == {"notes", "d.json", "empty.txt", "t.json"}
assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/ü é.txt") == "héllo"
assert len(mlflow.load_table("t.json", run_ids=[run_id])) == 2
assert os.path.getsize(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="empty.txt")) == 0
client.log_batch(run_id, [Metric("batch", 2.0, 2, 7)], [Param("bp", "1")], [RunTag("bt", "1")])
try:
    client.log_param(run_id, "lr", "0.2")
    raise SystemExit("a changed param was accepted")
except MlflowException as e:
    assert "Changing param values is not allowed" in e.message, e.message

mlflow.sklearn.autolog()
with mlflow.start_run() as auto:
    model = LogisticRegression().fit(X, y)
mlflow.sklearn.autolog(disable=True)
read = client.get_run(auto.info.run_id)
assert read.data.params["max_iter"] == "100" and read.data.metrics["training_accuracy_score"] > 0.9, read.data
assert "mlflow.log-model.history" in read.data.tags, read.data.tags
assert (mlflow.sklearn.load_model(f"runs:/{auto.info.run_id}/model").predict(X) == model.predict(X)).all()

with mlflow.start_run() as run:
    result = mlflow.evaluate(
        lambda frame: model.predict(frame),
        np.array(X),
        targets=y,
        model_type="classifier",
        evaluator_config={"log_model_explainability": False},
    )
assert client.get_run(run.info.run_id).data.metrics["accuracy_score"] == result.metrics["accuracy_score"]

with mlflow.start_run() as run:
    info = mlflow.sklearn.log_model(model, "mdl", signature=infer_signature(X, y), registered_model_name="old")
client.set_registered_model_alias("old", "champion", "1")
client.set_model_version_tag("old", "1", "checked", "yes")
client.transition_model_version_stage("old", "1", "Production")
for uri in (info.model_uri, "models:/old/1", "models:/old@champion", "models:/old/latest", "models:/old/Production"):
    assert (mlflow.pyfunc.load_model(uri).predict(X) == model.predict(X)).all(), uri
assert int(mlflow.register_model(info.model_uri, "old").version) == 2
version = client.get_model_version_by_alias("old", "champion")
assert version.run_id == run.info.run_id and version.tags == {"checked": "yes"} and version.status == "READY", version
assert [m.name for m in client.search_registered_models("name LIKE 'ol%'")] == ["old"]
assert len(client.search_model_versions("name = 'old'")) == 2
assert int(client.get_latest_versions("old", ["None"])[0].version) == 2
assert client.get_registered_model("old").aliases in ({"champion": "1"}, {"champion": 1})
client.delete_model_version("old", "2")

frame = mlflow.search_runs(
    [experiment.experiment_id], "params.lr = '0.1' and metrics.loss < 0.3 and tags.kind = 'test'"
)
assert list(frame.run_id) == [run_id] and frame["metrics.batch"][0] == 2.0, frame
assert len(mlflow.search_runs(experiment_names=["old"], order_by=["start_time DESC"])) == 5
assert [e.name for e in mlflow.search_experiments(filter_string="name LIKE 'ol%'")] == ["old"]
client.delete_run(run_id)
assert client.get_run(run_id).info.lifecycle_stage == "deleted"
client.restore_run(run_id)
print("done")
