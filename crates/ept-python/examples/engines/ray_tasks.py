"""Points of the ground, counted by tasks of Ray."""

import sys

import ray  # pyright: ignore[reportMissingImports]

import pyept


def ground(unit: pyept.Unit) -> int:
    return int((unit.to_numpy()["Classification"] == 2).sum())


units = pyept.open(sys.argv[1]).query(columns=["Classification"]).units(16)
ray.init(num_cpus=2, object_store_memory=300_000_000, include_dashboard=False)
# Without `retry_exceptions`, only deaths of workers are retried.
task = ray.remote(max_retries=3, retry_exceptions=True)(ground)
print(sum(ray.get([task.remote(unit) for unit in units])))
