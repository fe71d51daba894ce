"""Points as numpy and Arrow, compared with what the generator of the test data and other software say of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TESTDATA

import pyept

DATASETS = sorted(path.parent.name for path in TESTDATA.glob("*/truth.json"))


def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((TESTDATA / name / "truth.json").read_text())
    return truth


def digest(values: np.ndarray[Any, Any]) -> str:
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return hashlib.sha256(little.tobytes()).hexdigest()


@pytest.mark.parametrize("name", DATASETS)
def test_every_value_in_order(name: str) -> None:
    truth = truth_of(name)
    query = pyept.open(TESTDATA / name).query()
    arrays = query.to_numpy()
    table = query.to_arrow()
    assert table.num_rows == truth["points"]
    for dimension, expected in truth["dimensions"].items():
        values = arrays[dimension]
        assert values.flags.writeable
        assert len(values) == truth["points"]
        if expected["type"].startswith("bytes"):
            assert values.dtype == np.dtype(f"V{expected['type'][5:]}")
        else:
            assert values.dtype == np.dtype(expected["type"])
        assert digest(values) == expected["order_sha256"], dimension
        column = b"".join(
            part.to_numpy(zero_copy_only=False).tobytes()
            if not expected["type"].startswith("bytes")
            else b"".join(value.as_py() for value in part)
            for part in table[dimension].chunks
        )
        assert hashlib.sha256(column).hexdigest() == expected["order_sha256"], dimension


@pytest.mark.parametrize("name", DATASETS)
def test_boxes_and_depths(name: str) -> None:
    dataset = pyept.open(TESTDATA / name)
    queries = truth_of(name)["queries"]
    assert queries
    for query in queries:
        read = dataset.query(bounds=query["bounds"], depth=query.get("depth"), columns=["Z"])
        assert len(read.to_numpy()["Z"]) == query["points"], query


def test_points_of_nodes() -> None:
    for name in DATASETS:
        nodes = pyept.open(TESTDATA / name).nodes().to_pydict()
        counts = dict(zip(nodes["key"], nodes["count"], strict=True))
        expected = truth_of(name)["nodes"]
        assert {key: count for key, count in counts.items() if count > 0} == expected, name
        assert nodes["depth"] == [int(key.split("-")[0]) for key in nodes["key"]]


def test_a_dimension_that_only_the_schema_has(terrain: pyept.Dataset) -> None:
    # The tiles of this dataset lack the OriginId of its schema.
    dataset = pyept.open(TESTDATA / "laz-pf0")
    assert "OriginId" in dataset.schema.names
    assert "OriginId" not in dataset.query().to_numpy()
    asked = dataset.query(columns=["Z", "OriginId"]).to_numpy()
    assert list(asked) == ["Z", "OriginId"]
    assert isinstance(asked["OriginId"], np.ma.MaskedArray)
    assert asked["OriginId"].mask.all()
    column = dataset.query(columns=["OriginId"]).to_arrow()["OriginId"]
    assert column.null_count == len(column) == 1500


def test_laspy_reads_the_same_file(samples: Path) -> None:
    import laspy

    path = samples / "las" / "pdal-autzen_trim.laz"
    file = laspy.read(path)
    arrays = pyept.open(path).query().to_numpy()
    for ours, theirs in [("X", "x"), ("Y", "y"), ("Z", "z"), ("Intensity", "intensity"), ("GpsTime", "gps_time")]:
        expected = np.asarray(file[theirs])
        assert np.array_equal(arrays[ours], expected), ours
        assert arrays[ours].dtype == expected.dtype


def test_laspy_reads_the_same_copc(samples: Path) -> None:
    import laspy

    path = samples / "copc" / "pdal-lone-star.copc.laz"
    dataset = pyept.open(path)
    low, high = np.array(dataset.bounds[:3]), np.array(dataset.bounds[3:])
    middle = (low + high) / 2
    with laspy.CopcReader.open(str(path)) as reader:
        # Not by its bounds, which it rounds to the storage grid.
        points = reader.query()
    x, y, z = (np.asarray(points[axis]) for axis in "xyz")
    expected = np.sort(z[(x <= middle[0]) & (y <= middle[1])])
    query = dataset.query(bounds=(*low[:2], *middle[:2]), columns=["Z"])
    assert len(expected) > 0
    assert np.array_equal(np.sort(query.to_numpy()["Z"]), expected)


def test_what_pdal_says_of_queries(samples: Path) -> None:
    """Statistics of queries that PDAL computed: of EPT, COPC, files and patterns."""
    checked = 0
    for query in json.loads((samples / "pdal-queries.json").read_text()):
        if set(query) - {"name", "dataset", "resolution", "bounds", "points", "stats"}:
            continue
        dataset = pyept.open(samples.parent / query["dataset"])
        read = dataset.query(query.get("bounds"), resolution=query.get("resolution"))
        arrays = read.to_numpy()
        assert len(arrays["X"]) == query["points"], query["name"]
        for name, expected in query["stats"].items():
            if expected is None or name not in arrays or query["points"] == 0:
                continue
            assert arrays[name].min() == pytest.approx(expected["min"], rel=1e-9)
            assert arrays[name].max() == pytest.approx(expected["max"], rel=1e-9)
            assert arrays[name].mean() == pytest.approx(expected["mean"], rel=1e-5)
        checked += 1
    assert checked > 10


def test_several_sources_are_one(samples: Path) -> None:
    files = sorted((samples / "las").glob("pdal-lone-star-split-*.laz"))
    together = pyept.open(files, vertical_as_is=True)
    assert together.points == sum(pyept.open(file).points or 0 for file in files)
    assert len(together.locations) == len(files)
    numbers = together.query(columns=["X"], source_id="File").to_numpy()
    assert set(np.unique(numbers["File"])) == set(range(len(files)))
