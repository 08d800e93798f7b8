"""A notebook in a real kernel: the lines that it was given in its first cell, then what people do in the next ones."""
import os
import sys

import nbformat
from nbclient import NotebookClient

CELLS = [
    os.environ.pop("FIRST_CELL"),
    """
import mlflow
import numpy as np
from sklearn.linear_model import LogisticRegression

mlflow.autolog()
model = LogisticRegression().fit(np.arange(4.0).reshape(-1, 1), np.array([0, 0, 1, 1]))
""",
    """
run = mlflow.start_run(run_name="kept open")
""",
    """
import asyncio

for step in range(3):
    mlflow.log_metric("loss", 1 / (step + 1), step=step)
    await asyncio.sleep(0)
""",
    """
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([1, 2])
mlflow.log_figure(figure, "curve.png")
mlflow.end_run()
""",
    """
frame = mlflow.search_runs()
assert len(frame) == 2, frame
frame
""",
]

book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
NotebookClient(book, timeout=120, kernel_name="python3").execute()
for cell in book.cells:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            print(output.text, file=sys.stderr)
assert "text/html" in book.cells[-1].outputs[0].data
