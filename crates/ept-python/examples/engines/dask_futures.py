"""Points of the ground, counted by tasks of Dask: on this machine, or on the cluster whose address is the second argument."""

import sys
from typing import Any

from dask.distributed import Client

import pyept


def ground(unit: pyept.Unit) -> int:
    return int((unit.to_numpy()["Classification"] == 2).sum())


if __name__ == "__main__":
    units = pyept.open(sys.argv[1]).query(columns=["Classification"]).units(16)
    place: dict[str, Any] = {"address": sys.argv[2]} if len(sys.argv) > 2 else {"n_workers": 2, "dashboard_address": None}
    with Client(**place) as client:
        # Exceptions are retried this often; deaths of workers as `distributed.scheduler.allowed-failures` says.
        counts: Any = client.gather(client.map(ground, units, retries=3))
        print(sum(counts))
