"""Trains a classifier on scikit-learn's handwritten digits and logs with MLflow. Nothing in here knows Trainyard."""

import argparse

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
from mlflow.models import infer_signature
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, log_loss
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.001)
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--alpha", type=float, default=0.01)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

digits = load_digits()
x_train, x_val, y_train, y_val = train_test_split(
    digits.data / 16.0, digits.target, test_size=0.25, random_state=args.seed, stratify=digits.target
)
classes = np.unique(y_train)
model = SGDClassifier(
    loss="log_loss", learning_rate="constant", eta0=args.lr, alpha=args.alpha, random_state=args.seed
)
rng = np.random.default_rng(args.seed)

with mlflow.start_run():
    mlflow.log_params(vars(args))
    print(f"{len(x_train)} images to learn from, {len(x_val)} to judge by")
    for epoch in range(args.epochs):
        order = rng.permutation(len(x_train))
        batches = np.array_split(order, len(order) // args.batch_size)
        for i, batch in enumerate(batches):
            model.partial_fit(x_train[batch], y_train[batch], classes=classes)
            print(f"\repoch {epoch + 1:>2}/{args.epochs}  batch {i + 1:>2}/{len(batches)}", end="")
        train_p, val_p = model.predict_proba(x_train), model.predict_proba(x_val)
        metrics = {
            "loss": log_loss(y_train, train_p),
            "accuracy": accuracy_score(y_train, train_p.argmax(axis=1)),
            "val_loss": log_loss(y_val, val_p),
            "val_accuracy": accuracy_score(y_val, val_p.argmax(axis=1)),
        }
        mlflow.log_metrics(metrics, step=epoch)
        print(f"  loss {metrics['loss']:.4f}  val_accuracy {metrics['val_accuracy']:.4f}")

    figure, axes = plt.subplots(figsize=(6, 6))
    ConfusionMatrixDisplay.from_predictions(y_val, model.predict(x_val), ax=axes, colorbar=False)
    mlflow.log_figure(figure, "confusion_matrix.png")
    mlflow.sklearn.log_model(
        model,
        name="digits",
        step=args.epochs - 1,  # the metrics that are the model's
        signature=infer_signature(x_train, model.predict(x_train)),
        # The environment is in requirements.txt; to find it out by importing everything takes long.
        pip_requirements=["scikit-learn"],
    )
