"""Points of the ground, counted by Ray Data: a block for each unit."""

import sys
from typing import Any

import numpy as np
import ray  # pyright: ignore[reportMissingImports]

import pyept


def ground(batch: dict[str, Any]) -> dict[str, Any]:
    return {"ground": np.array([(batch["Classification"] == 2).sum()])}


ray.init(num_cpus=2, object_store_memory=300_000_000, include_dashboard=False)
points = pyept.open(sys.argv[1]).query(columns=["Classification"]).to_ray(16)
print(points.map_batches(ground, batch_format="numpy").sum("ground"))
