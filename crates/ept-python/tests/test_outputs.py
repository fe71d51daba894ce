"""Files and rasters of queries, read with other libraries."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import pyept
from conftest import WORKSPACE

BOUNDS = (500100, 4650100, 500300, 4650300)
FORMATS = ["csv", "csv.gz", "xyz", "las", "laz", "copc.laz", "ply", "arrow", "parquet"]


@pytest.mark.parametrize("extension", FORMATS)
def test_every_format(terrain: pyept.Dataset, tmp_path: Path, extension: str) -> None:
    query = terrain.query(bounds=BOUNDS)
    path = tmp_path / f"points.{extension}"
    report = query.write(path)
    expected = query.to_arrow().num_rows
    assert report["points"] == expected
    assert report["complete"]
    assert report["losses"] == []
    assert path.is_file()
    assert read_z(path).shape == (expected,)
    assert np.allclose(np.sort(read_z(path)), np.sort(query.to_numpy()["Z"]))


def read_z(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The heights in a file, by a library that is not ours."""
    import laspy
    import pandas as pd
    import pyarrow as pa

    name = path.name
    if name.endswith((".csv", ".csv.gz")):
        return pd.read_csv(path)["Z"].to_numpy()
    if name.endswith(".xyz"):
        return np.loadtxt(path)[:, 2]
    if name.endswith((".las", ".laz")):
        return np.asarray(laspy.read(path).z)
    if name.endswith(".arrow"):
        return pa.ipc.open_file(path).read_all()["Z"].to_numpy()
    if name.endswith(".parquet"):
        return pd.read_parquet(path, columns=["Z"])["Z"].to_numpy()
    return np.asarray(ply(path))


def ply(path: Path) -> list[float]:
    from plyfile import PlyData

    vertex = PlyData.read(str(path))["vertex"]
    return list(vertex["z"])


def test_geoparquet_has_the_points(terrain: pyept.Dataset, tmp_path: Path) -> None:
    import geopandas

    query = terrain.query(bounds=BOUNDS, columns=["Classification"], depth=1)
    query.write(tmp_path / "points.parquet")
    theirs = geopandas.read_parquet(tmp_path / "points.parquet")
    ours = query.to_geopandas()
    assert list(theirs.geometry.x) == list(ours.geometry.x)
    assert theirs.crs == ours.crs


def test_refused_outputs(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(depth=0)
    with pytest.raises(pyept.OutputError, match="no format has this extension"):
        query.write(tmp_path / "points.shp")
    with pytest.raises(pyept.OutputError, match="number of decimals"):
        query.write(tmp_path / "points.laz", precision=2)
    with pytest.raises(pyept.OutputError, match="cannot write"):
        query.write(tmp_path / "missing" / "points.laz")
    query.write(tmp_path / "points.csv")
    with pytest.raises(pyept.OutputError, match="already exists"):
        query.write(tmp_path / "points.csv", overwrite=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["points.csv"]


def test_terrain_model(terrain: pyept.Dataset, tmp_path: Path) -> None:
    """Cells with a point of the ground are near its height; GDAL reads size, place and system."""
    import rasterio

    query = terrain.query(bounds=BOUNDS, columns=["Z"])
    report = query.dtm(tmp_path / "dtm.tif", resolution="2m", mask=tmp_path / "mask.tif", hillshade=tmp_path / "shade.png")
    ground = terrain.query(bounds=BOUNDS, where="Classification == 2").to_numpy()
    with rasterio.open(tmp_path / "dtm.tif") as raster:
        assert raster.crs.to_epsg() == 26915
        assert raster.res == (2, 2)
        assert (raster.width, raster.height) == (report["raster"]["columns"], report["raster"]["rows"])
        values = raster.read(1, masked=True)
        places = [raster.index(x, y) for x, y in zip(ground["X"], ground["Y"], strict=True)]
    inside = [(at, row, column) for at, (row, column) in enumerate(places) if row < values.shape[0] and column < values.shape[1]]
    differences = [abs(float(values[row, column]) - ground["Z"][at]) for at, row, column in inside if values[row, column] is not np.ma.masked]
    assert len(differences) > 1000
    assert np.median(differences) < 0.5
    with rasterio.open(tmp_path / "mask.tif") as mask:
        assert set(np.unique(mask.read(1))) <= {0, 1, 2, 3}
    assert (tmp_path / "shade.png").read_bytes()[1:4] == b"PNG"


def test_statistics_as_rasters(terrain: pyept.Dataset, tmp_path: Path) -> None:
    import rasterio

    query = terrain.query(bounds=BOUNDS)
    query.raster(tmp_path / "stats.tif", stat=["count", "max"], resolution=10)
    points = query.to_numpy()
    with rasterio.open(tmp_path / "stats.tif") as raster:
        counts, highest = raster.read(1, masked=True), raster.read(2, masked=True)
        rows, columns = zip(*(raster.index(x, y) for x, y in zip(points["X"], points["Y"], strict=True)), strict=True)
    # Points on the lower edge of a cell are in it, and in the one below for rasterio.
    assert abs(int(counts.sum()) - len(points["Z"])) <= 20
    assert float(highest.max()) == pytest.approx(points["Z"].max(), abs=1e-3)
    row, column = rows[0], columns[0]
    in_cell = [z for z, r, c in zip(points["Z"], rows, columns, strict=True) if (r, c) == (row, column)]
    assert float(highest[row, column]) == pytest.approx(max(in_cell), abs=1e-3)


def test_surface_and_canopy(terrain: pyept.Dataset, tmp_path: Path) -> None:
    import rasterio

    query = terrain.query(bounds=BOUNDS)
    query.dsm(tmp_path / "dsm.tif", resolution="5m")
    query.dtm(tmp_path / "dtm.tif", resolution="5m")
    query.chm(tmp_path / "chm.tif", resolution="5m")
    with rasterio.open(tmp_path / "chm.tif") as canopy, rasterio.open(tmp_path / "dsm.tif") as surface:
        assert canopy.shape == surface.shape
        assert canopy.read(1, masked=True).max() > 2


def test_refused_rasters(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(bounds=BOUNDS)
    path = tmp_path / "model.tif"
    for refused, error in [
        (lambda: query.dtm(tmp_path / "model.png"), "name it .tif"),
        (lambda: query.dtm(path, mask=path), "two files would be called"),
        (lambda: query.dtm(path, method="max"), "method: must be one of tin"),
        (lambda: query.dtm(path, kernel="cell"), "kernel is for methods other than tin"),
        (lambda: query.dtm(path, fill="soil"), "fill: must be none, tin"),
        (lambda: query.dtm(path, outlier="q=1"), "outlier: \"q=1\" is not"),
        (lambda: query.dtm(path, method="min", preview=True), "biased=True"),
        (lambda: query.dtm(path, resolution=0), "greater than 0"),
        (lambda: query.raster(path, stat=["best"]), "stat: "),
        (lambda: terrain.query(depth=2).dtm(path), "preview=True"),
    ]:
        with pytest.raises(pyept.EptError, match=error):
            refused()
    assert not list(tmp_path.iterdir())


def test_statistics(terrain: pyept.Dataset) -> None:
    query = terrain.query(bounds=BOUNDS)
    arrays = query.to_numpy()
    stats = query.stats()
    assert stats["points"] == len(arrays["Z"])
    for name, values in arrays.items():
        of_name = stats["dimensions"][name]
        assert of_name["min"] == values.min()
        assert of_name["max"] == values.max()
        assert of_name["mean"] == pytest.approx(values.mean())
        assert of_name["stddev"] == pytest.approx(values.std(), rel=1e-3, abs=1e-9)
    classes, counts = np.unique(arrays["Classification"], return_counts=True)
    assert stats["classes"] == {str(of): int(count) for of, count in zip(classes, counts, strict=True)}


def test_a_plan_bounds_what_is_read(terrain: pyept.Dataset) -> None:
    query = terrain.query(bounds=BOUNDS, resolution=2)
    plan = query.plan()
    query.to_numpy()
    assert query.report is not None
    assert plan["nodes"] == query.report["nodes"]
    assert plan["points"] >= query.report["points"] > 0
    assert sum(depth["points"] for depth in plan["depths"]) == plan["points"]


def test_a_picture_is_that_of_the_command(terrain: pyept.Dataset, tmp_path: Path) -> None:
    # `cargo xtask gen-testdata` compares it with what `ept picture` draws.
    expected = (WORKSPACE / "docs" / "pictures" / "terrain.png").read_bytes()
    path = tmp_path / "terrain.png"
    query = terrain.query(columns=["Intensity"])
    report = query.picture(path, size=(600, 340), from_="3d")
    assert path.read_bytes() == expected
    assert report["complete"]
    assert (report["picture"]["width"], report["picture"]["height"]) == (600, 340)
    assert report == query.report
    query.picture(path, size=(600, 340), from_=(210, 35))
    assert path.read_bytes() == expected


def test_a_picture_has_the_points_of_the_query(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(bounds=BOUNDS, where="Classification == 2", depth=0)
    path = tmp_path / "ground.png"
    report = query.picture(path, size=(300, 200), color="height", legend=True)
    heights = query.to_numpy()["Z"]
    assert report["points"] == len(heights) > 0
    assert report["picture"]["color"] == "height"
    low, high = report["picture"]["limits"]
    assert heights.min() <= low < high <= heights.max()
    nodes = query.picture(path, size=(300, 200), nodes=True)
    assert nodes["picture"]["color"] is None
    assert nodes["nodes"] == report["nodes"]


def test_refused_pictures(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query, path = terrain.query(), tmp_path / "picture.png"
    for refused, problem in [
        (lambda: query.picture(path, size=(0, 5)), "size: a picture of 0 x 5 pixels"),
        (lambda: query.picture(path, from_=(10, 95)), "from_: "),
        (lambda: query.picture(path, color="class", nodes=True), "no from_ and no color"),
        (lambda: terrain.query(hag=True).picture(path), "must not have hag"),
    ]:
        with pytest.raises(pyept.EptError, match=re.escape(problem)):
            refused()
    assert not path.exists()
