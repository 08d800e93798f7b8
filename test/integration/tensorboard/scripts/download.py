"""Downloads the files of a run as anybody would. Prints how many there are, and what MLflow calls a picture of its own."""
import os
import sys
import tempfile

import mlflow
import numpy as np

mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), key="own/grid", step=3, synchronous=True)
with tempfile.TemporaryDirectory() as folder:
    mlflow.artifacts.download_artifacts(run_id=sys.argv[1], dst_path=folder)
    pictures = os.listdir(os.path.join(folder, "images"))
    print("pictures:", len(pictures), "empty:", sum(os.path.getsize(f"{folder}/images/{p}") == 0 for p in pictures))
