"""Checks rasters in a folder with GDAL: usage raster.py FOLDER"""

import sys
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rio_cogeo import cog_validate

warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)
folder = Path(sys.argv[1])


def check(condition, *words):
    if not condition:
        sys.exit(" ".join(str(word) for word in words))


expected = {
    "dtm.tif": ("EPSG:26915", "float32", ["Z"], -9999, "DEFLATE"),
    "zstd.tif": ("EPSG:26915", "float32", ["Z"], -9999, "ZSTD"),
    "albers.tif": ("EPSG:5070", "float32", ["max"], -9999, "DEFLATE"),
    "bands.tif": ("EPSG:26915", "float32", ["min", "max", "mean", "count"], -9999, "DEFLATE"),
    "canopy.tif": ("EPSG:26915", "float32", ["max"], -9999, "DEFLATE"),
    "mask.tif": ("EPSG:26915", "uint8", ["kind"], None, "DEFLATE"),
    "distance.tif": ("EPSG:26915", "float32", ["distance"], -9999, "DEFLATE"),
    "shade.tif": ("EPSG:26915", "uint8", ["hillshade"], 0, "DEFLATE"),
}
for name, (crs, dtype, bands, nodata, compression) in expected.items():
    path = folder / name
    valid, errors, notes = cog_validate(path, strict=True, quiet=True)
    check(valid, name, errors, notes)
    with rasterio.open(path) as raster:
        check(raster.crs.to_string() == crs, name, raster.crs)
        check(raster.dtypes == (dtype,) * len(bands), name, raster.dtypes)
        check(list(raster.descriptions) == bands, name, raster.descriptions)
        check(raster.nodata == nodata, name, raster.nodata)
        tags = raster.tags(ns="IMAGE_STRUCTURE")
        check(tags["COMPRESSION"] == compression and tags["LAYOUT"] == "COG", name, tags)
        check(raster.tags()["AREA_OR_POINT"] == "Area", name, raster.tags())
        for band in range(1, raster.count + 1):
            values = raster.read(band, masked=True)
            said = raster.tags(band)
            if values.count():
                for key, found in [
                    ("STATISTICS_MINIMUM", values.min()),
                    ("STATISTICS_MAXIMUM", values.max()),
                    ("STATISTICS_MEAN", values.mean(dtype="f8")),
                    ("STATISTICS_STDDEV", values.std(dtype="f8")),
                ]:
                    close = np.isclose(float(said[key]), found, rtol=1e-6, atol=1e-6)
                    check(close, name, band, key, said[key], found)

with rasterio.open(folder / "dtm.tif") as dtm, rasterio.open(folder / "mask.tif") as mask:
    has_value = dtm.read_masks(1) > 0
    kinds = mask.read(1)
    check(np.array_equal(has_value, np.isin(kinds, [1, 2])), "mask and values disagree")
    place = dtm.transform
    check((place.c % 1, place.f % 1, place.a, place.e) == (0, 0, 1, -1), place)

with rasterio.open(folder / "shade.png") as png, rasterio.open(folder / "dtm.tif") as dtm:
    check(png.transform == dtm.transform and png.crs == dtm.crs, png.transform, png.crs)
    check(png.shape == dtm.shape, png.shape)
