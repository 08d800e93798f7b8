"""What Azure's client says of job files: a JSON object of paths and null, or why a file is refused. Arguments: the files."""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from azure.ai.ml import load_job  # noqa: E402


def refusal(path):
    try:
        job = load_job(path)
        if job.type == "command":
            # What a submit does before it asks the service.
            job._to_job()._to_rest_object()
    except Exception as error:  # Azure raises many kinds.
        return f"{type(error).__name__}: {error}"[:500]
    return None


print(json.dumps({path: refusal(path) for path in json.load(sys.stdin)}))
