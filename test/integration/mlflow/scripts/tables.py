"""Tables as scripts log them: of values, of frames, with pictures, appended to, and as text."""
import mlflow
import numpy as np
import pandas as pd

frame = pd.DataFrame(
    {
        "text": ['say "hi", twice', "two\nlines", None],
        "score": [0.5, float("nan"), 1e-7],
        "id": [9007199254740993, 2, 3],
        "ok": [True, False, True],
        "tags": [["a", "b"], [], ["c"]],
    }
)
picture = mlflow.Image(np.zeros((8, 8, 3), dtype=np.uint8))
with mlflow.start_run() as run:
    mlflow.log_table(frame, "answers.json")
    mlflow.log_table({"prompt": ["a dog", "a cat"], "image": [picture, picture]}, "eval/pictures.json")
    mlflow.log_table({"epoch": [1, 2]}, "grown.json")
    mlflow.log_table({"epoch": [3]}, "grown.json")
    mlflow.log_text(frame[["text", "score"]].to_csv(), "errors.csv")
    numbers = pd.DataFrame(np.arange(1_500_000).reshape(-1, 3), columns=list("abc"))
    mlflow.log_text(numbers.to_csv(index=False), "large.csv")
    mlflow.log_table(numbers, "large.json")
print(run.info.run_id)
