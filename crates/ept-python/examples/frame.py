"""A data frame of the ground in an area, and a terrain model of it."""

import sys

import pyept

ds = pyept.open(sys.argv[1])
area = ds.query(bounds=(500100, 4650100, 500300, 4650300))
print(area.plan()["points"], "points to read")

ground = ds.query(bounds=(500100, 4650100, 500300, 4650300), where="Classification == 2", columns=["X", "Y", "Z"])
frame = ground.to_pandas()
print(frame.describe())

report = area.dtm(sys.argv[2], resolution="1m", fill="tin")
print(report["raster"]["columns"], "x", report["raster"]["rows"], "cells")
