"""Prints every route of MLflow's own server as JSON: [[method, path], ...], with `part` for what a path leaves open."""

import json
import re

from mlflow.server import app
from mlflow.server.fastapi_app import app as outer

found = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods}
found |= {(method.upper(), path) for path, item in outer.openapi()["paths"].items() for method in item}
routes = {(method, re.sub(r"[<{][^>}]*[>}]", "part", path)) for method, path in found}
print(json.dumps(sorted(route for route in routes if route[0] not in ("HEAD", "OPTIONS"))))
