"""Everything an ordinary script logs by itself, and how it reads it back."""
import json
import math
import os
import tempfile

import matplotlib.pyplot as plt
import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

client = MlflowClient()

with mlflow.start_run() as bare:
    mlflow.log_metric("loss", 1.0)
assert bare.info.experiment_id == "0", bare.info

experiment = mlflow.set_experiment("Ünïcode 実験")
assert mlflow.set_experiment("Ünïcode 実験").experiment_id == experiment.experiment_id
client.set_experiment_tag(experiment.experiment_id, "team", "vision")

with mlflow.start_run(run_name="first", description="a *note*", tags={"kind": "test"}) as run:
    run_id = run.info.run_id
    mlflow.log_param("lr", 0.1)
    mlflow.log_param("lr", 0.1)
    try:
        mlflow.log_param("lr", 0.2)
        raise SystemExit("a changed param was accepted")
    except MlflowException as e:
        assert "Changing param values is not allowed" in e.message and "'0.1'" in e.message, e.message
    mlflow.log_params({"empty": "", "long": "x" * 7000, "模型": "ü"})
    for step, value in enumerate([1.5, float("nan"), float("inf"), -float("inf"), 0.25]):
        mlflow.log_metric("loss", value, step=step)
    mlflow.log_metrics({f"many/{i}": float(i) for i in range(1500)}, step=3)
    mlflow.set_tags({"a": "1", "b": "", "long": "y" * 9000})
    mlflow.set_tag("gone", "1")
    mlflow.delete_tag("gone")
    mlflow.log_text("héllo", "notes/ü é.txt")
    mlflow.log_dict({"a": [1, 2]}, "d.json")
    mlflow.log_text("", "empty.txt")
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    mlflow.log_figure(figure, "plots/curve.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), key="pixels", step=2)
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "single.png")
    mlflow.log_table({"q": ["a"], "n": [1]}, "t.json")
    mlflow.log_table({"q": ["b"], "n": [2]}, "t.json")
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "sub"))
        for name in ("big.bin", "sub/100%.txt", "sub/a+b.txt"):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(os.urandom(5_000_000) if name == "big.bin" else name.encode())
        mlflow.log_artifacts(folder, "folder")
        with open(os.path.join(folder, "big.bin"), "rb") as f:
            big = f.read()
    dataset = mlflow.data.from_numpy(np.arange(4), name="numbers")
    mlflow.log_input(dataset, context="train")
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 0.1)

read = client.get_run(run_id)
assert read.info.status == "FINISHED" and read.info.end_time >= read.info.start_time
assert read.info.run_name == "first" and read.data.tags["mlflow.runName"] == "first"
assert read.data.tags["mlflow.note.content"] == "a *note*" and read.data.tags["kind"] == "test"
assert read.data.params["empty"] == "" and read.data.params["模型"] == "ü", read.data.params
assert len(read.data.params["long"]) == 6000 and len(read.data.tags["long"]) == 8000
assert "gone" not in read.data.tags and read.data.tags["b"] == ""
assert len(read.data.metrics) == 1501 and read.data.metrics["many/1499"] == 1499.0
assert read.data.metrics["loss"] == 0.25
history = [(m.step, m.value) for m in client.get_metric_history(run_id, "loss")]
assert [s for s, _ in history] == [0, 1, 2, 3, 4], history
assert math.isnan(history[1][1]) and history[2][1] == math.inf and history[3][1] == -math.inf, history
assert client.get_metric_history(run_id, "none") == []
[inputs] = read.inputs.dataset_inputs
assert inputs.dataset.name == "numbers" and inputs.tags[0].value == "train", inputs
assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == run_id

names = {f.path: f for f in client.list_artifacts(run_id)}
assert {"notes", "d.json", "empty.txt", "plots", "images", "single.png", "t.json", "folder"} <= set(names), names
assert names["plots"].is_dir and names["d.json"].file_size > 0
assert [f.path for f in client.list_artifacts(run_id, "notes")] == ["notes/ü é.txt"]
assert client.list_artifacts(run_id, "nowhere") == []
assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/ü é.txt") == "héllo"
assert mlflow.artifacts.load_dict(f"runs:/{run_id}/d.json") == {"a": [1, 2]}
assert len(mlflow.load_table("t.json", run_ids=[run_id])) == 2
assert mlflow.artifacts.load_image(f"runs:/{run_id}/single.png").size == (8, 8)
local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="folder")
assert open(os.path.join(local, "big.bin"), "rb").read() == big
assert sorted(os.listdir(os.path.join(local, "sub"))) == ["100%.txt", "a+b.txt"]
assert os.path.getsize(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="empty.txt")) == 0
images = [f.path for f in client.list_artifacts(run_id, "images")]
assert len(images) == 2 and all("+step+2+" in p for p in images), images
for image in images:
    assert os.path.getsize(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=image)) > 0
try:
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="missing.txt")
    raise SystemExit("a missing file was downloaded")
except (MlflowException, OSError):
    pass

client.log_batch(
    run_id,
    metrics=[Metric("batch", 1.0, 1, -5), Metric("batch", 2.0, 2, 7)],
    params=[Param("bp", "1")],
    tags=[RunTag("bt", "1")],
)
with mlflow.start_run(run_id=run_id):
    mlflow.log_metric("loss", 0.2, step=9)
    pending = mlflow.log_metric("later", 1.0, synchronous=False)
    pending.wait()
assert client.get_run(run_id).data.metrics["batch"] == 2.0
client.update_run(run_id, name="renamed")
assert client.get_run(run_id).data.tags["mlflow.runName"] == "renamed"

client.delete_run(child.info.run_id)
assert client.get_run(child.info.run_id).info.lifecycle_stage == "deleted"
try:
    client.log_metric(child.info.run_id, "loss", 1.0)
    raise SystemExit("a deleted run was written to")
except MlflowException as e:
    assert "active" in e.message, e.message
client.restore_run(child.info.run_id)

frame = mlflow.search_runs(experiment_names=["Ünïcode 実験"], order_by=["metrics.loss ASC"])
assert list(frame["tags.mlflow.runName"]) == ["child", "renamed"], frame
assert frame.loc[frame.run_id == run_id, "params.lr"].item() == "0.1"
frame = mlflow.search_runs(search_all_experiments=True, filter_string="params.lr = '0.1' and metrics.loss > 0.15")
assert list(frame.run_id) == [run_id], frame
try:
    mlflow.search_runs(search_all_experiments=True, filter_string="metrics.loss > 'x' OR foo")
    raise SystemExit("a wrong filter was accepted")
except MlflowException:
    pass

other = client.create_experiment("other", tags={"k": "v"})
assert client.get_experiment(other).tags == {"k": "v"}
found = client.search_experiments(filter_string="name LIKE 'oth%'")
assert [e.name for e in found] == ["other"], found
client.rename_experiment(other, "another")
client.delete_experiment(other)
assert client.get_experiment(other).lifecycle_stage == "deleted"
client.restore_experiment(other)
for call in (lambda: client.create_experiment("another"), lambda: client.get_run("0" * 32), lambda: client.get_experiment("77")):
    try:
        call()
        raise SystemExit("an impossible call was accepted")
    except MlflowException as e:
        assert e.error_code in ("RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST"), e
print(json.dumps({"run": run_id}))
