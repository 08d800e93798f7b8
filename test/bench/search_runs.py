"""Reads all runs of the experiment Default page by page, and prints the milliseconds that it took."""

import sys
import time

from mlflow import MlflowClient

page_size, expected = int(sys.argv[1]), int(sys.argv[2])
client = MlflowClient()
start = time.perf_counter()
count, token = 0, None
while True:
    page = client.search_runs(["0"], max_results=page_size, page_token=token)
    count += len(page)
    token = page.token
    if not token:
        break
print((time.perf_counter() - start) * 1000)
assert count == expected, count
