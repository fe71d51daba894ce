"""The query object itself, as other libraries read it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from conftest import TESTDATA

import pyept

BOUNDS = (500100, 4650100, 500300, 4650300)


@pytest.fixture(scope="module")
def query(terrain: pyept.Dataset) -> pyept.Query:
    return terrain.query(bounds=BOUNDS, resolution=2)


def test_pyarrow(query: pyept.Query) -> None:
    table = pa.table(query)
    assert table.equals(query.to_arrow())
    assert table.schema.equals(pa.schema(query), check_metadata=True)
    # Twice, since each takes a stream of its own.
    assert pa.RecordBatchReader.from_stream(query).read_all().equals(table)
    assert query.batches().read_all().equals(table)


def test_the_arrays_are_the_columns(query: pyept.Query) -> None:
    table = query.to_arrow()
    for name, values in query.to_numpy().items():
        assert np.array_equal(values, table[name].to_numpy()), name


def test_polars(query: pyept.Query) -> None:
    import polars as pl

    table = query.to_arrow()
    for frame in [pl.DataFrame(query), query.to_polars()]:
        assert frame.to_arrow().column_names == table.column_names
        assert np.array_equal(frame["Z"].to_numpy(), table["Z"].to_numpy())


def test_duckdb(query: pyept.Query) -> None:
    import duckdb

    table = query.to_arrow()
    classes = duckdb.sql("select Classification, count(*), max(Z) from query group by 1 order by 1").fetchall()
    arrays = query.to_numpy()
    expected = [
        (int(of), int(is_of.sum()), arrays["Z"][is_of].max())
        for of in np.unique(arrays["Classification"])
        for is_of in [arrays["Classification"] == of]
    ]
    assert classes == expected
    assert sum(count for _, count, _ in classes) == table.num_rows


def test_pandas(query: pyept.Query) -> None:
    import pandas as pd

    frame = query.to_pandas()
    table = query.to_arrow()
    assert list(frame.columns) == table.column_names
    pd.testing.assert_frame_equal(frame, table.to_pandas())
    pd.testing.assert_frame_equal(pd.DataFrame.from_arrow(query), table.to_pandas(), check_dtype=False)
    frame.loc[0, "Z"] = 1.0
    assert frame["Z"][0] == 1.0


def test_geopandas(terrain: pyept.Dataset) -> None:
    import pyproj

    query = terrain.query(bounds=BOUNDS, columns=["Classification"], depth=1)
    frame = query.to_geopandas()
    assert list(frame.columns) == ["Classification", "geometry"]
    places = terrain.query(bounds=BOUNDS, columns=["X", "Y", "Z"], depth=1).to_numpy()
    assert np.array_equal(frame.geometry.x, places["X"])
    assert np.array_equal(frame.geometry.y, places["Y"])
    assert np.array_equal(frame.geometry.z, places["Z"])
    # Names differ, since the system is made of the dataset's text: places do not.
    assert frame.crs is not None
    to_degrees = pyproj.Transformer.from_crs(frame.crs, 4269, always_xy=True)
    expected = pyproj.Transformer.from_crs(26915, 4269, always_xy=True)
    assert to_degrees.transform(*BOUNDS[:2]) == pytest.approx(expected.transform(*BOUNDS[:2]), abs=1e-9)


def test_geoarrow_points_are_the_coordinates(terrain: pyept.Dataset) -> None:
    table = terrain.query(bounds=BOUNDS, depth=1, geometry="geoarrow").to_arrow()
    field = table.schema.field("geometry")
    assert field.metadata[b"ARROW:extension:name"] == b"geoarrow.point"
    for chunk in range(table["geometry"].num_chunks):
        points = table["geometry"].chunk(chunk)
        for axis in "xyz":
            ours = points.field(axis).buffers()[1]
            assert ours.address == table[axis.upper()].chunk(chunk).buffers()[1].address


def test_an_empty_result_has_the_same_schema(terrain: pyept.Dataset, query: pyept.Query) -> None:
    empty = terrain.query(bounds=(1, 2, 3, 4))
    assert empty.to_arrow().num_rows == 0
    assert empty.to_arrow().schema.equals(query.to_arrow().schema)
    arrays = empty.to_numpy()
    assert arrays["Z"].dtype == np.float64
    assert len(arrays["Z"]) == 0
    assert empty.report is not None
    assert "looks like longitude and latitude" in empty.report["nothing"]


def test_limits(terrain: pyept.Dataset) -> None:
    whole = terrain.query(columns=["X", "Z"]).to_arrow()
    first = terrain.query(columns=["X", "Z"], limit=2000).to_arrow()
    assert first.num_rows == 2000
    assert first.combine_chunks().equals(whole.slice(0, 2000).combine_chunks())
    assert 0 < terrain.query(max_points=5000).to_arrow().num_rows <= 5000


def test_heights_above_ground(terrain: pyept.Dataset) -> None:
    query = terrain.query(hag=True, where="HeightAboveGround > 2", columns=["Z", "HeightAboveGround"])
    heights = query.to_numpy()["HeightAboveGround"]
    assert len(heights) > 100
    assert heights.min() > 2
    ground = terrain.query(hag=[2], where="Classification == 2").to_numpy()["HeightAboveGround"]
    # Of several points at one place, only one is a corner of triangles.
    assert (np.abs(ground) < 1e-9).mean() > 0.98


def test_a_schema_is_one_of_arrow() -> None:
    dataset = pyept.open(TESTDATA / "binary")
    schema = pa.schema(dataset.schema)
    assert schema.names == dataset.schema.names
    assert len(dataset.schema) == len(schema)
    assert schema.equals(dataset.query().to_arrow().schema)
    assert dict(dataset.schema.types)["X"] == "float64"
