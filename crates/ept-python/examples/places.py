"""Trees as points of geopandas, in longitude and latitude."""

import sys

import pyept

ds = pyept.open(sys.argv[1])
trees = ds.query(hag=True, where="HeightAboveGround > 10", columns=["HeightAboveGround"], out_crs="EPSG:4326")
places = trees.to_geopandas()
print(places.head())
places.to_file(sys.argv[2])
