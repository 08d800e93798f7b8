"""A file that the client would rather send in parts: it is told no, and sends it whole."""
import os
import tempfile

os.environ.update(
    MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true",
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE="1000000",
    MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE="5242880",
)

import mlflow

content = os.urandom(12_000_000)
with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    with open(os.path.join(folder, "weights.bin"), "wb") as file:
        file.write(content)
    mlflow.log_artifact(os.path.join(folder, "weights.bin"), "net")
local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="net/weights.bin")
with open(local, "rb") as file:
    assert file.read() == content
print("done")
