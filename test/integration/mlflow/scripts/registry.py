"""Every verb of the registry, without a model's files: a version may point anywhere."""
import warnings

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

warnings.simplefilter("ignore")  # stages are deprecated by the client, and still there
client = MlflowClient()


def refused(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except MlflowException as e:
        assert e.error_code == code, e
    else:
        raise SystemExit(f"{call} was not refused")


with mlflow.start_run() as run:
    mlflow.log_text("weights", "net/weights.txt")
source = f"runs:/{run.info.run_id}/net"

model = client.create_registered_model("net", tags={"team": "vision"}, description="a net")
assert (model.name, model.description, model.tags) == ("net", "a net", {"team": "vision"}), model
assert model.last_updated_timestamp >= model.creation_timestamp, model
refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, "net")
refused("INVALID_PARAMETER_VALUE", client.create_registered_model, "a/b")
refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "none")
refused("RESOURCE_DOES_NOT_EXIST", client.create_model_version, "none", source)

one = client.create_model_version("net", source, run.info.run_id, tags={"size": "small"}, description="first")
assert (int(one.version), one.status, one.source, one.run_id) == (1, "READY", source, run.info.run_id), one
assert one.description == "first" and one.tags == {"size": "small"} and one.current_stage == "None", one
two = client.create_model_version("net", f"{run.info.artifact_uri}/net", run.info.run_id, run_link="http://x/y")
assert int(two.version) == 2 and two.run_link == "http://x/y", two
assert client.get_model_version_download_uri("net", "2") == f"{run.info.artifact_uri}/net"
assert client.get_model_version_download_uri("net", "1") in (source, f"{run.info.artifact_uri}/net")
assert open(mlflow.artifacts.download_artifacts("models:/net/1") + "/weights.txt").read() == "weights"
assert client.update_model_version("net", "2", "second").description == "second"
refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "net", "9")
refused("RESOURCE_DOES_NOT_EXIST", client.update_model_version, "net", "9", "x")
refused("RESOURCE_DOES_NOT_EXIST", client.delete_model_version, "net", "9")

client.set_model_version_tag("net", "1", "checked", "yes")
client.set_model_version_tag("net", "1", "checked", "no")
client.set_model_version_tag("net", version="1", key="gone", value="1")
client.delete_model_version_tag("net", "1", "gone")
assert client.get_model_version("net", "1").tags == {"size": "small", "checked": "no"}
client.set_registered_model_tag("net", "gone", "1")
client.delete_registered_model_tag("net", "gone")
client.delete_registered_model_tag("net", "gone")
assert client.get_registered_model("net").tags == {"team": "vision"}

client.set_registered_model_alias("net", "champion", "1")
client.set_registered_model_alias("net", "challenger", "2")
client.set_registered_model_alias("net", "champion", "2")
assert int(client.get_model_version_by_alias("net", "champion").version) == 2
assert sorted(client.get_model_version("net", "2").aliases) == ["challenger", "champion"]
client.delete_registered_model_alias("net", "challenger")
refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, "net", "challenger")
refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_alias, "net", "a", "9")
refused("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, "net", "latest", "1")
refused("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, "net", "v1", "1")

assert client.transition_model_version_stage("net", "1", "staging").current_stage == "Staging"
assert client.transition_model_version_stage("net", "2", "Production").current_stage == "Production"
assert client.transition_model_version_stage("net", "1", "Production", archive_existing_versions=True)
assert [client.get_model_version("net", v).current_stage for v in "12"] == ["Production", "Archived"]
refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, "net", "1", "nowhere")
assert {int(v.version) for v in client.get_latest_versions("net")} == {1, 2}
assert client.get_latest_versions("net", ["Staging"]) == []
assert client.get_model_version_stages("net", "1") == ["None", "Staging", "Production", "Archived"]

copied = client.copy_model_version("models:/net/1", "copy")
assert (copied.name, int(copied.version), copied.source) == ("copy", 1, "models:/net/1"), copied
assert copied.run_id == run.info.run_id and copied.description == "first" and copied.tags["size"] == "small", copied
again = client.copy_model_version("models:/net@champion", "copy")
assert int(again.version) == 2, again
assert open(mlflow.artifacts.download_artifacts("models:/copy/1") + "/weights.txt").read() == "weights"

for i in range(5):
    client.create_registered_model(f"many {i}", tags={"i": str(i)})
names = lambda **kwargs: [m.name for m in client.search_registered_models(**kwargs)]
assert names(filter_string="name LIKE 'many%'") == [f"many {i}" for i in range(5)]
assert names(filter_string="name ILIKE 'MANY%' AND tags.i != '3'", order_by=["name DESC"]) == [
    f"many {i}" for i in (4, 2, 1, 0)
]
page = client.search_registered_models(max_results=4, order_by=["name"])
rest = client.search_registered_models(max_results=4, order_by=["name"], page_token=page.token)
assert [m.name for m in [*page, *rest]] == ["copy", *(f"many {i}" for i in range(5)), "net"] and not rest.token
versions = lambda text, **kwargs: [(v.name, int(v.version)) for v in client.search_model_versions(text, **kwargs)]
assert versions("name = 'net'", order_by=["version_number ASC"]) == [("net", 1), ("net", 2)]
assert versions(f"run_id = '{run.info.run_id}'", order_by=["name", "version_number DESC"]) == [
    ("copy", 2), ("copy", 1), ("net", 2), ("net", 1),
]
assert versions(f"run_id IN ('{run.info.run_id}', '{'0' * 32}') AND tags.checked = 'no' AND name = 'net'") == [("net", 1)]
assert versions(f"source_path = '{source}'") == [("net", 1)]
assert versions("version_number > 1 AND name = 'net'") == [("net", 2)]
first = client.search_model_versions("", max_results=3)
second = client.search_model_versions("", max_results=3, page_token=first.token)
assert (len(first), len(second)) == (3, 1) and not second.token, (first, second)
refused("INVALID_PARAMETER_VALUE", client.search_model_versions, "nonsense = 'x'")
refused("INVALID_PARAMETER_VALUE", client.search_registered_models, "name > 3")

assert client.update_registered_model("net", "other words").description == "other words"
client.rename_registered_model("net", "network")
assert client.get_registered_model("network").description == "other words"
refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "net")
refused("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, "network", "copy")
assert int(client.get_model_version_by_alias("network", "champion").version) == 2
client.delete_model_version("network", "2")
assert client.get_registered_model("network").aliases == {}
three = client.create_model_version("network", source)
assert (int(three.version), three.run_id) == (3, run.info.run_id), "the run that the source names"
other = client.create_run(run.info.experiment_id).info.run_id
refused("INVALID_PARAMETER_VALUE", client.create_model_version, "network", source, other)
client.delete_registered_model("network")
refused("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, "network")
assert versions("name = 'network'") == []
print("done")
