"""log_model, autolog, the registry and tracing."""
import json
import warnings

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

client = MlflowClient()
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, random_state=0)

mlflow.set_experiment("models")
mlflow.sklearn.autolog()
with mlflow.start_run() as auto:
    estimator = LogisticRegression(max_iter=200).fit(X_train, y_train)
    estimator.score(X_test, y_test)
mlflow.sklearn.autolog(disable=True)
run = client.get_run(auto.info.run_id)
assert run.data.params["max_iter"] == "200", run.data.params
assert run.data.metrics["training_accuracy_score"] > 0.9, run.data.metrics
assert any(key.startswith("LogisticRegression_score") for key in run.data.metrics), run.data.metrics
assert "training_confusion_matrix.png" in [f.path for f in client.list_artifacts(run.info.run_id)]
assert len(run.outputs.model_outputs) == 1, run.outputs
logged = mlflow.get_logged_model(run.outputs.model_outputs[0].model_id)
assert logged.status == "READY" and logged.source_run_id == run.info.run_id
assert {m.key for m in logged.metrics} >= {"training_accuracy_score"}, logged.metrics

with mlflow.start_run() as run:
    info = mlflow.sklearn.log_model(
        estimator,
        name="mdl",
        input_example=X_train[:2],
        registered_model_name="digits",
        params={"depth": 3},
        serialization_format="cloudpickle",
    )
    mlflow.log_metric("accuracy", 0.75, model_id=info.model_id)
expected = estimator.predict(X_test)
assert (mlflow.sklearn.load_model(info.model_uri).predict(X_test) == expected).all()
assert (mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/mdl").predict(X_test) == expected).all()
made = json.loads(mlflow.get_logged_model(info.model_id).tags["mlflow.modelVersions"])
assert [(m["name"], str(m["version"])) for m in made] == [("digits", "1")], made
client.set_registered_model_alias("digits", "champion", "1")
for uri in ("models:/digits@champion", "models:/digits/1", "models:/digits/latest"):
    assert (mlflow.pyfunc.load_model(uri).predict(X_test) == expected).all(), uri
mlflow.models.get_model_info("models:/digits@champion")

version = mlflow.register_model(f"runs:/{run.info.run_id}/mdl", "digits")
assert version.version in ("2", 2) and version.status == "READY", version
client.set_registered_model_tag("digits", "team", "vision")
client.set_model_version_tag("digits", "1", "checked", "yes")
client.update_model_version("digits", "1", description="first")
client.update_registered_model("digits", description="all digits")
model = client.get_registered_model("digits")
assert model.description == "all digits" and model.tags == {"team": "vision"}, model
assert model.aliases in ({"champion": "1"}, {"champion": 1}), model.aliases
first = client.get_model_version_by_alias("digits", "champion")
assert first.description == "first" and first.tags == {"checked": "yes"} and first.run_id == run.info.run_id, first
assert [m.name for m in client.search_registered_models("name LIKE 'dig%'")] == ["digits"]
assert client.search_registered_models("name = 'none'") == []
assert [m.name for m in client.search_registered_models("tags.team = 'vision'")] == ["digits"]
assert len(client.search_model_versions("name = 'digits'")) == 2
assert len(client.search_model_versions(f"run_id = '{run.info.run_id}' and tags.checked = 'yes'")) == 1
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    client.transition_model_version_stage("digits", "1", "Production")
    client.transition_model_version_stage("digits", "2", "Production", archive_existing_versions=True)
    [latest] = client.get_latest_versions("digits", ["Production"])
assert int(latest.version) == 2 and client.get_model_version("digits", "1").current_stage == "Archived"
client.delete_registered_model_alias("digits", "champion")
try:
    client.get_model_version_by_alias("digits", "champion")
    raise SystemExit("a deleted alias was found")
except MlflowException:
    pass
client.delete_model_version("digits", "2")
assert int(mlflow.register_model(f"runs:/{run.info.run_id}/mdl", "digits").version) == 3
client.rename_registered_model("digits", "numbers")
assert {int(v.version) for v in client.search_model_versions("name = 'numbers'")} == {1, 3}
client.delete_registered_model("numbers")
for call in (lambda: client.get_registered_model("numbers"), lambda: client.get_model_version("numbers", "1")):
    try:
        call()
        raise SystemExit("a deleted model was found")
    except MlflowException as e:
        assert e.error_code == "RESOURCE_DOES_NOT_EXIST", e

experiment_id = run.info.experiment_id
best = mlflow.search_logged_models(
    experiment_ids=[experiment_id],
    filter_string="metrics.accuracy > 0.5 and name = 'mdl'",
    order_by=[{"field_name": "metrics.accuracy", "ascending": False}],
    output_format="list",
)
assert [m.model_id for m in best] == [info.model_id], best
assert best[0].params == {"depth": "3"}, best[0].params
everything = mlflow.search_logged_models(experiment_ids=[experiment_id], output_format="list")
assert len(everything) == 2 and everything[0].creation_timestamp >= everything[1].creation_timestamp
mlflow.set_logged_model_tags(info.model_id, {"good": "yes"})
assert mlflow.get_logged_model(info.model_id).tags["good"] == "yes"
mlflow.delete_logged_model_tag(info.model_id, "good")
external = mlflow.create_external_model(name="external", experiment_id=experiment_id)
client.delete_logged_model(external.model_id)
try:
    mlflow.get_logged_model(external.model_id)
    raise SystemExit("a deleted model was found")
except MlflowException:
    pass

prompt = mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}")
assert mlflow.genai.load_prompt("prompts:/greeting/1").format(name="you") == "Hello you"
assert [m.name for m in client.search_registered_models()] == []


@mlflow.trace
def add(a, b):
    return a + b


assert add(1, 2) == 3
mlflow.flush_trace_async_logging()
print("done")
