"""Autologging of scikit-learn, XGBoost and LightGBM, with the model of each loaded again."""
import lightgbm
import mlflow
import xgboost
from mlflow import MlflowClient
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split

client = MlflowClient()
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
mlflow.set_experiment("autologging")

mlflow.autolog(log_input_examples=True)
for estimator in (
    xgboost.XGBClassifier(n_estimators=5, n_jobs=1), lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1)
):
    with mlflow.start_run() as run:
        estimator.fit(X_train, y_train, eval_set=[(X_test, y_test)])
    [output] = client.get_run(run.info.run_id).outputs.model_outputs
    again = mlflow.pyfunc.load_model(f"models:/{output.model_id}")
    assert (again.predict(X_test) == estimator.predict(X_test)).all(), estimator
    assert len(client.get_run(run.info.run_id).data.metrics) >= 1, estimator
mlflow.autolog(disable=True)


def logged(run, metrics, params, files):
    """The run as the server has it, and the one model it made."""
    run = client.get_run(run.info.run_id)
    assert run.info.status == "FINISHED", run.info
    assert set(metrics) <= set(run.data.metrics), sorted(run.data.metrics)
    assert set(params) <= set(run.data.params), sorted(run.data.params)
    found = {f.path for f in client.list_artifacts(run.info.run_id)}
    assert set(files) <= found, found
    assert len(run.inputs.dataset_inputs) >= 1, run.inputs
    [output] = run.outputs.model_outputs
    model = mlflow.get_logged_model(output.model_id)
    assert model.status == "READY" and model.source_run_id == run.info.run_id, model
    return run, model


mlflow.sklearn.autolog(serialization_format="cloudpickle")
with mlflow.start_run(run_name="forest") as run:
    search = GridSearchCV(RandomForestClassifier(random_state=0), {"n_estimators": [5, 10], "max_depth": [2, 3]}, cv=2)
    search.fit(X_train, y_train)
    accuracy = search.score(X_test, y_test)
    run_id = run.info.run_id
mlflow.sklearn.autolog(disable=True)
run = client.get_run(run_id)
assert run.data.metrics["best_cv_score"] == search.best_score_, run.data.metrics
assert run.data.params["best_n_estimators"] == str(search.best_params_["n_estimators"]), run.data.params
assert accuracy in run.data.metrics.values(), run.data.metrics
children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{run_id}'", order_by=["metrics.mean_test_score"])
assert len(children) == 4 and children["metrics.mean_test_score"].is_monotonic_increasing, children
best = next(m for m in run.outputs.model_outputs if mlflow.get_logged_model(m.model_id).name == "best_estimator")
assert (mlflow.sklearn.load_model(f"models:/{best.model_id}").predict(X_test) == search.predict(X_test)).all()

mlflow.xgboost.autolog(model_format="json")
with mlflow.start_run(run_name="xgboost") as run:
    train = xgboost.DMatrix(X_train, y_train)
    booster = xgboost.train(
        {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 3, "nthread": 1},
        train,
        num_boost_round=12,
        evals=[(train, "train"), (xgboost.DMatrix(X_test, y_test), "test")],
        early_stopping_rounds=3,
        verbose_eval=False,
    )
mlflow.xgboost.autolog(disable=True)
run, model = logged(
    run,
    ["train-logloss", "test-logloss", "test-auc", "best_iteration", "stopped_iteration"],
    ["max_depth", "num_boost_round", "objective"],
    ["feature_importance_weight.json", "feature_importance_weight.png"],
)
steps = [m.step for m in client.get_metric_history(run.info.run_id, "test-logloss")]
assert len(steps) >= 12 and steps[0] == 0, steps
again = mlflow.xgboost.load_model(model.model_uri)
assert (again.predict(xgboost.DMatrix(X_test)) == booster.predict(xgboost.DMatrix(X_test))).all()

mlflow.lightgbm.autolog()
with mlflow.start_run(run_name="lightgbm") as run:
    train = lightgbm.Dataset(X_train, y_train)
    booster = lightgbm.train(
        {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_threads": 1, "verbose": -1},
        train,
        num_boost_round=8,
        valid_sets=[train, train.create_valid(X_test, y_test)],
        valid_names=["train", "test"],
    )
mlflow.lightgbm.autolog(disable=True)
run, model = logged(
    run,
    ["train-binary_logloss", "test-auc"],
    ["num_boost_round", "objective"],
    ["feature_importance_gain.json", "feature_importance_split.png"],
)
assert len(client.get_metric_history(run.info.run_id, "test-auc")) == 8
assert (mlflow.lightgbm.load_model(model.model_uri).predict(X_test) == booster.predict(X_test)).all()
print("done")
