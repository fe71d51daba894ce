"""Points of the ground, counted by a data frame of Dask, which reads only the column it needs."""

import sys

from dask.distributed import Client

import pyept

if __name__ == "__main__":
    frame = pyept.open(sys.argv[1]).query().to_dask(16)
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        print(int((frame["Classification"] == 2).sum().compute()))
