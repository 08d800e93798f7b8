"""mlflow.evaluate and mlflow.models.evaluate, and the runs read into pandas."""
import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import MetricThreshold, infer_signature, make_metric
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LinearRegression, LogisticRegression

client = MlflowClient()
mlflow.set_experiment("evaluation")

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
classifier = LogisticRegression(max_iter=5000).fit(X[::2], y[::2])
held_out = X[1::2].assign(label=y[1::2])
with mlflow.start_run(run_name="classifier") as run:
    info = mlflow.sklearn.log_model(
        classifier, name="classifier", serialization_format="cloudpickle", signature=infer_signature(X, y)
    )
    dataset = mlflow.data.from_pandas(held_out, targets="label", name="held out")
    result = mlflow.models.evaluate(
        info.model_uri,
        dataset,
        model_type="classifier",
        evaluator_config={"log_explainer": False},
        extra_metrics=[make_metric(eval_fn=lambda frame, _: float(len(frame)), greater_is_better=True, name="rows")],
    )
    mlflow.validate_evaluation_results({"accuracy_score": MetricThreshold(threshold=0.8, greater_is_better=True)}, result)
run = client.get_run(run.info.run_id)
assert run.data.metrics["accuracy_score"] == classifier.score(X[1::2], y[1::2]), run.data.metrics
assert run.data.metrics["rows"] == len(held_out), run.data.metrics
assert {"roc_curve_plot.png", "confusion_matrix.png"} <= {f.path for f in client.list_artifacts(run.info.run_id)}
[inputs] = [i for i in run.inputs.dataset_inputs if i.dataset.name == "held out"]
assert inputs.dataset.digest == dataset.digest, inputs
of_model = {m.key: m for m in mlflow.get_logged_model(info.model_id).metrics}
assert of_model["accuracy_score"].value == run.data.metrics["accuracy_score"], of_model
assert of_model["accuracy_score"].dataset_name == "held out", of_model
[found] = mlflow.search_logged_models(
    experiment_ids=[run.info.experiment_id],
    filter_string="metrics.accuracy_score > 0.8",
    datasets=[{"dataset_name": "held out", "dataset_digest": dataset.digest}],
    output_format="list",
)
assert found.model_id == info.model_id, found

X, y = load_diabetes(return_X_y=True, as_frame=True)
regressor = LinearRegression().fit(X, y)
with mlflow.start_run(run_name="regressor") as run:
    mlflow.log_param("kind", "linear")
    result = mlflow.models.evaluate(
        regressor.predict,
        X.assign(label=y),
        targets="label",
        model_type="regressor",
        evaluator_config={"log_explainer": False},
    )
assert client.get_run(run.info.run_id).data.metrics["r2_score"] == result.metrics["r2_score"]

for value in (0.1, 0.2, 0.3):
    with mlflow.start_run(run_name=f"run {value}", tags={"sweep": "lr"}):
        mlflow.log_param("lr", value)
        mlflow.log_metric("loss", 1 - value)
frame = mlflow.search_runs(
    experiment_names=["evaluation"], filter_string="tags.sweep = 'lr'", order_by=["metrics.loss ASC"]
)
assert isinstance(frame, pd.DataFrame) and list(frame["params.lr"]) == ["0.3", "0.2", "0.1"], frame
assert list(frame["metrics.loss"]) == [0.7, 0.8, 0.9] and set(frame["status"]) == {"FINISHED"}, frame
assert frame["start_time"].dt.tz is not None and (frame["end_time"] >= frame["start_time"]).all(), frame
everything = mlflow.search_runs(experiment_names=["evaluation"])
assert len(everything) == 5 and everything["metrics.r2_score"].notna().sum() == 1, everything
assert len(mlflow.search_runs(search_all_experiments=True, max_results=2)) == 2
print("done")
