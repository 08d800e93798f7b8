"""PyTorch: Lightning's autologging with checkpoints, and a plain training loop that logs its model."""
import tempfile
import warnings

warnings.simplefilter("ignore")

import lightning
import mlflow
import torch
from lightning.pytorch.loggers import MLFlowLogger
from mlflow import MlflowClient

client = MlflowClient()
mlflow.set_experiment("pytorch")
torch.manual_seed(0)
X = torch.randn(256, 4)
y = (X.sum(1, keepdim=True) > 0).float()


class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, index):
        x, y = batch
        loss = torch.nn.functional.binary_cross_entropy_with_logits(self(x), y)
        self.log("loss", loss, on_step=True, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=32)
mlflow.pytorch.autolog(log_every_n_step=1, checkpoint=True, checkpoint_save_best_only=False, checkpoint_monitor="loss")
trainer = lightning.Trainer(
    max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=True, enable_progress_bar=False,
    enable_model_summary=True, log_every_n_steps=1,
)
net = Net()
with mlflow.start_run(run_name="lightning") as run:
    trainer.fit(net, loader)
mlflow.pytorch.autolog(disable=True)
run = client.get_run(run.info.run_id)
assert run.data.params["lr"] == "0.01" and run.data.params["epochs"] == "3", run.data.params
assert len(client.get_metric_history(run.info.run_id, "loss_epoch")) >= 3, run.data.metrics
assert len(client.get_metric_history(run.info.run_id, "loss_step")) >= 24, run.data.metrics
files = {f.path for f in client.list_artifacts(run.info.run_id)}
assert {"checkpoints", "model_summary.txt"} <= files, files
checkpoints = client.list_artifacts(run.info.run_id, "checkpoints")
assert len(checkpoints) == 3, checkpoints
restored = mlflow.pytorch.load_checkpoint(Net, run.info.run_id)
assert torch.equal(restored(X), net(X))
[output] = run.outputs.model_outputs
assert torch.equal(mlflow.pytorch.load_model(f"models:/{output.model_id}")(X), net(X))

# Lightning has a logger of its own, which uses the client below mlflow's fluent face.
logger = MLFlowLogger(experiment_name="lightning logger", run_name="logged", tracking_uri=mlflow.get_tracking_uri(), log_model=True)
trainer = lightning.Trainer(
    max_epochs=2, accelerator="cpu", logger=logger, enable_progress_bar=False, enable_model_summary=False,
    log_every_n_steps=1, default_root_dir=tempfile.mkdtemp(),
)
logger.log_hyperparams({"lr": 0.01, "layers": {"hidden": 8}})
trainer.fit(Net(), loader)
run = client.get_run(logger.run_id)
assert run.info.status == "FINISHED" and run.info.run_name == "logged", run.info
assert run.data.params["layers/hidden"] == "8", run.data.params
assert [m.step for m in client.get_metric_history(logger.run_id, "loss_step")] == list(range(16)), run.data.metrics
[checkpoint] = [f.path for f in client.list_artifacts(logger.run_id)]
assert checkpoint == "epoch=1-step=16", checkpoint
saved = {f.path for f in client.list_artifacts(logger.run_id, checkpoint)}
assert saved == {f"{checkpoint}/{name}" for name in (f"{checkpoint}.ckpt", "metadata.yaml", "aliases.txt")}, saved
file = mlflow.artifacts.download_artifacts(run_id=logger.run_id, artifact_path=f"{checkpoint}/{checkpoint}.ckpt")
assert torch.load(file, weights_only=False)["global_step"] == 16

plain = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
with mlflow.start_run(run_name="plain") as run:
    for step in range(20):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(plain(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mlflow.log_metric("loss", loss, step=step)
    mlflow.pytorch.log_state_dict(plain.state_dict(), "state")
    info = mlflow.pytorch.log_model(plain, name="plain", input_example=X[:2].numpy(), pip_requirements=["torch"], registered_model_name="plain")
for uri in (info.model_uri, f"runs:/{run.info.run_id}/plain", "models:/plain/1"):
    assert torch.equal(mlflow.pytorch.load_model(uri)(X), plain(X)), uri
state = mlflow.pytorch.load_state_dict(f"runs:/{run.info.run_id}/state")
assert torch.equal(state["weight"], plain.weight)
assert len(client.get_metric_history(run.info.run_id, "loss")) == 20
print("done")
