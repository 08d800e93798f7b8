"""A token that is wrong must end a script at once, not after the client's minutes of retries."""
import mlflow
from mlflow.exceptions import MlflowException, RestException

try:
    mlflow.set_experiment("x")
    raise SystemExit("a wrong token was accepted")
except (MlflowException, RestException) as e:
    assert "401" in str(e) or "UNAUTHENTICATED" in str(e), e
