"""The verbs of the client that ordinary scripts use seldom: of experiments, runs, logged models and prompts."""
import io
import os
import tempfile
import time

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, LoggedModelOutput, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()

# Experiments
experiment = client.create_experiment("one", tags={"team": "vision"})
for call in (lambda: client.create_experiment("one"), lambda: client.rename_experiment("0", "one")):
    try:
        call()
        raise SystemExit("a taken name was given again")
    except MlflowException as e:
        assert e.error_code == "RESOURCE_ALREADY_EXISTS", e
client.rename_experiment(experiment, "two")
client.set_experiment_tag(experiment, "gone", "1")
client.delete_experiment_tag(experiment, "gone")
assert client.get_experiment(experiment).tags == {"team": "vision"}
client.delete_experiment(experiment)
assert client.get_experiment(experiment).lifecycle_stage == "deleted"
assert [e.name for e in client.search_experiments(ViewType.DELETED_ONLY)] == ["two"]
try:
    mlflow.set_experiment("two")
    raise SystemExit("a deleted experiment was set")
except MlflowException as e:
    assert "deleted" in e.message, e
client.restore_experiment(experiment)
mlflow.set_experiment("two")
mlflow.set_experiment_tags({"a": "1", "b": "2"})
assert client.get_experiment(experiment).tags == {"team": "vision", "a": "1", "b": "2"}
for i in range(5):
    client.create_experiment(f"page {i}")
page = client.search_experiments(max_results=3, filter_string="name LIKE 'page%'", order_by=["name DESC"])
rest = client.search_experiments(
    max_results=3, filter_string="name LIKE 'page%'", order_by=["name DESC"], page_token=page.token
)
assert [e.name for e in [*page, *rest]] == [f"page {i}" for i in (4, 3, 2, 1, 0)], (page, rest)

# Runs
parent = client.create_run(experiment, run_name="parent", start_time=1000, tags={"k": "v"})
child = client.create_run(experiment, tags={"mlflow.parentRunId": parent.info.run_id})
assert parent.info.start_time == 1000 and parent.info.status == "RUNNING", parent.info
assert client.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
assert client.get_parent_run(parent.info.run_id) is None
client.set_terminated(child.info.run_id, "FAILED", end_time=2000)
read = client.get_run(child.info.run_id).info
assert (read.status, read.end_time) == ("FAILED", 2000), read
client.update_run(child.info.run_id, status="RUNNING")
client.set_terminated(child.info.run_id)
assert client.get_run(child.info.run_id).info.status == "FINISHED"
client.log_stream(parent.info.run_id, io.BytesIO(b"bytes"), "stream/of.bin")
client.log_image(parent.info.run_id, np.zeros((4, 4), dtype=np.uint8), key="mask", step=1, timestamp=time.time_ns())
client.log_dict(parent.info.run_id, {"a": 1}, "deep/er/d.yaml")
with tempfile.TemporaryDirectory() as folder:
    assert open(client.download_artifacts(parent.info.run_id, "stream/of.bin", folder), "rb").read() == b"bytes"
    assert os.path.exists(client.download_artifacts(parent.info.run_id, "", folder) + "/deep/er/d.yaml")

# Logged models, without a framework
model = client.create_logged_model(
    experiment, name="net", source_run_id=parent.info.run_id, tags={"t": "1"}, params={"depth": "3"}, model_type="agent"
)
assert (model.status, model.params, model.tags, model.model_type) == ("PENDING", {"depth": "3"}, {"t": "1"}, "agent")
client.log_model_params(model.model_id, {f"p{i}": str(i) for i in range(150)})
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(b"w")
    client.log_model_artifact(model.model_id, os.path.join(folder, "weights.bin"))
    client.log_model_artifacts(model.model_id, folder, "more")
assert [f.path for f in client.list_logged_model_artifacts(model.model_id)] == ["more", "weights.bin"]
assert [f.path for f in client.list_logged_model_artifacts(model.model_id, "more")] == ["more/weights.bin"]
assert client.finalize_logged_model(model.model_id, "READY").status == "READY"
assert len(client.get_logged_model(model.model_id).params) == 151
client.set_logged_model_tags(model.model_id, {"u": "2"})
client.delete_logged_model_tag(model.model_id, "t")
assert client.get_logged_model(model.model_id).tags == {"u": "2"}
client.log_outputs(parent.info.run_id, [LoggedModelOutput(model.model_id, step=7)])
client.log_inputs(child.info.run_id, models=[LoggedModelInput(model.model_id)])
[output] = client.get_run(parent.info.run_id).outputs.model_outputs
assert (output.model_id, output.step) == (model.model_id, 7), output
[given] = client.get_run(child.info.run_id).inputs.model_inputs
assert given.model_id == model.model_id
for step in range(3):
    client.log_metric(child.info.run_id, "acc", step / 2, step=step, model_id=model.model_id)
page = client.search_logged_models(
    [experiment], "metrics.acc >= 1 AND params.depth = '3' AND tags.u = '2' AND name LIKE 'n%'", max_results=1
)
assert [m.model_id for m in page] == [model.model_id], page
failed = mlflow.initialize_logged_model(name="failed")
assert mlflow.finalize_logged_model(failed.model_id, "FAILED").status == "FAILED"
assert mlflow.last_logged_model().model_id == failed.model_id
client.delete_logged_model(failed.model_id)
assert [m.name for m in client.search_logged_models([experiment])] == ["net"]

# Prompts, which are registered models with a text
genai = mlflow.genai
first = genai.register_prompt(name="greet", template="Hello {{name}}", commit_message="first", tags={"lang": "en"})
genai.register_prompt(name="greet", template="Hi {{name}}")
genai.set_prompt_alias("greet", "live", 1)
assert genai.load_prompt("prompts:/greet@live").template == "Hello {{name}}"
assert genai.load_prompt("greet").version == 2 and first.tags["lang"] == "en"
genai.delete_prompt_alias("greet", "live")
client.set_prompt_tag("greet", "k", "v")
client.set_prompt_version_tag("greet", "1", "k", "v")
client.delete_prompt_version_tag("greet", "1", "k")
assert [p.name for p in genai.search_prompts()] == ["greet"]
assert client.search_registered_models() == []
print("done")
