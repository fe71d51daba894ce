"""A histogram of heights, batch by batch."""

import sys

import numpy as np

import pyept

query = pyept.open(sys.argv[1]).query(columns=["Z"])
counts = np.zeros(50, dtype=np.int64)
for batch in query.batches():
    counts += np.histogram(batch["Z"].to_numpy(), bins=50, range=(0, 1000))[0]
print(counts)
