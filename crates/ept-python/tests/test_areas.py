"""Areas of all kinds of objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyept

CORNERS = (500100.0, 4650100.0, 500300.0, 4650300.0)


@pytest.fixture(scope="module")
def whole(terrain: pyept.Dataset) -> dict[str, Any]:
    return terrain.query(columns=["X", "Y", "Z"]).to_numpy()


def count(terrain: pyept.Dataset, bounds: Any, **options: Any) -> int:
    return len(terrain.query(bounds=bounds, columns=["Z"], **options).to_numpy()["Z"])


def test_boxes(terrain: pyept.Dataset, whole: dict[str, Any]) -> None:
    x, y, z = whole["X"], whole["Y"], whole["Z"]
    inside = (x >= CORNERS[0]) & (x <= CORNERS[2]) & (y >= CORNERS[1]) & (y <= CORNERS[3])
    assert count(terrain, CORNERS) == inside.sum()
    assert count(terrain, list(CORNERS)) == inside.sum()
    assert count(terrain, np.array(CORNERS)) == inside.sum()
    assert count(terrain, ",".join(map(str, CORNERS))) == inside.sum()
    assert count(terrain, "([500100, 500300], [4650100, 4650300])") == inside.sum()
    low = inside & (z <= 300)
    assert 0 < count(terrain, (500100, 4650100, 0, 500300, 4650300, 300)) == low.sum()


def test_polygons(terrain: pyept.Dataset, whole: dict[str, Any], tmp_path: Path) -> None:
    import geopandas
    import shapely

    triangle = shapely.Polygon([(500100, 4650100), (500400, 4650150), (500200, 4650400)])
    expected = int(shapely.intersects_xy(triangle, whole["X"], whole["Y"]).sum())
    assert expected > 100
    assert count(terrain, triangle) == expected
    assert count(terrain, triangle.wkt) == expected
    (tmp_path / "area.wkt").write_text(triangle.wkt)
    assert count(terrain, tmp_path / "area.wkt") == expected
    # GeoJSON is in longitude and latitude, unless told otherwise.
    assert count(terrain, shapely.geometry.mapping(triangle), crs=26915) == expected
    degrees = geopandas.GeoSeries([triangle], crs=26915).to_crs(4326)
    assert abs(count(terrain, degrees) - expected) <= 2
    assert abs(count(terrain, degrees.to_frame("geometry")) - expected) <= 2
    assert abs(count(terrain, shapely.geometry.mapping(degrees.iloc[0])) - expected) <= 2
    assert abs(count(terrain, shapely.to_geojson(degrees.iloc[0])) - expected) <= 2
    assert abs(count(terrain, degrees.iloc[0], crs="EPSG:4326") - expected) <= 2


def test_a_buffer(terrain: pyept.Dataset, whole: dict[str, Any]) -> None:
    import shapely

    line = shapely.LineString([(500100, 4650100), (500400, 4650400)])
    near = shapely.distance(line, shapely.points(whole["X"], whole["Y"])) <= 20
    assert abs(count(terrain, line, buffer="20m") - int(near.sum())) <= near.sum() * 0.002


def test_half_open_areas_share_no_points(terrain: pyept.Dataset) -> None:
    west = count(terrain, (500000, 4650000, 500256, 4650512), edge="half-open")
    east = count(terrain, (500256, 4650000, 500512, 4650512), edge="half-open")
    assert west + east == 25000


def test_coordinate_systems(terrain: pyept.Dataset) -> None:
    import pyproj

    query = terrain.query(bounds=CORNERS, columns=["X", "Y"])
    theirs = pyproj.Transformer.from_crs(26915, 32615, always_xy=True)
    x, y = theirs.transform(*query.to_numpy().values())
    for system in [32615, "EPSG:32615", pyproj.CRS(32615)]:
        ours = terrain.query(bounds=CORNERS, columns=["X", "Y"], out_crs=system).to_numpy()
        assert np.allclose(ours["X"], x, atol=1e-3)
        assert np.allclose(ours["Y"], y, atol=1e-3)


def test_thinning_and_origins(terrain: pyept.Dataset) -> None:
    thinned = terrain.query(thin=4.0, columns=["X", "Y"]).to_numpy()
    cells = {(int(x // 4), int(y // 4)) for x, y in zip(thinned["X"], thinned["Y"], strict=True)}
    assert len(cells) == len(thinned["X"])
    source = terrain.sources[0]
    assert len(terrain.query(origin=0).to_numpy()["Z"]) == source["points"]
    assert len(terrain.query(origin=source["path"]).to_numpy()["Z"]) == source["points"]
