"""
Hugging Face's Trainer with its own MLflow callback, on a model of a few kilobytes made from a configuration; by itself,
and continuing the run of a job.
"""
import os
import tempfile

import mlflow
import torch
from mlflow import MlflowClient
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

client = MlflowClient()
torch.manual_seed(0)
config = BertConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
    max_position_embeddings=16,
)
ids = torch.randint(0, 50, (32, 8))
rows = [{"input_ids": row, "labels": int(row[0] > 25)} for row in ids]

job = os.environ.get("MLFLOW_RUN_ID")
if not job:
    os.environ["MLFLOW_EXPERIMENT_NAME"] = "transformers"
os.environ.update(HF_MLFLOW_LOG_ARTIFACTS="1", MLFLOW_FLATTEN_PARAMS="1")
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder, run_name="tiny", report_to="mlflow", num_train_epochs=2, per_device_train_batch_size=8,
        logging_steps=1, eval_strategy="epoch", save_strategy="epoch", use_cpu=True, disable_tqdm=True,
    )
    trainer = Trainer(BertForSequenceClassification(config), arguments, train_dataset=rows, eval_dataset=rows)
    trainer.train()
    run = mlflow.last_active_run()

run = client.get_run(run.info.run_id)
assert run.info.status == "FINISHED", run.info
if job:
    assert run.info.run_id == job, run.info
else:
    assert run.info.run_name == "tiny" and client.get_experiment(run.info.experiment_id).name == "transformers", run.info
assert run.data.params["num_train_epochs"] == "2" and run.data.params["hidden_size"] == "16", run.data.params
assert len(run.data.params) > 100, len(run.data.params)
assert len(client.get_metric_history(run.info.run_id, "loss")) == 8, run.data.metrics
assert {"eval_loss", "train_runtime", "learning_rate", "epoch"} <= set(run.data.metrics), run.data.metrics
steps = [m.step for m in client.get_metric_history(run.info.run_id, "eval_loss")]
assert steps[:2] == [4, 8], steps
checkpoints = {mlflow.get_logged_model(output.model_id).name for output in run.outputs.model_outputs}
assert checkpoints == {"checkpoint-4", "checkpoint-8"}, checkpoints
print("done")
