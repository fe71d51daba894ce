"""Exceptions and losses."""

from __future__ import annotations

import pickle
import time
import warnings
from pathlib import Path

import pytest
from conftest import TESTDATA, Server

import pyept

CLASSES = [
    pyept.EptError,
    pyept.LostError,
    pyept.StoreError,
    pyept.NotFoundError,
    pyept.FormatError,
    pyept.QueryError,
    pyept.OutputError,
    pyept.CredentialsError,
]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_exception_survives_pickling(cls: type[pyept.EptError]) -> None:
    error = cls("it failed", "a/ept.json", "1-0-0-0", "no bytes")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is cls
        assert str(again) == "it failed"
        assert (again.location, again.node, again.cause) == ("a/ept.json", "1-0-0-0", "no bytes")
    assert isinstance(error, pyept.EptError)


def broken(tmp_path: Path) -> Path:
    """A dataset with a tile that is no tile, and one that is missing."""
    import shutil

    copy = tmp_path / "broken"
    shutil.copytree(TESTDATA / "laz-pf3", copy)
    tiles = sorted((copy / "ept-data").iterdir())
    tiles[1].write_bytes(b"no tile")
    tiles[2].unlink()
    return copy


def test_a_lost_tile_is_named(tmp_path: Path) -> None:
    query = pyept.open(broken(tmp_path)).query()
    for read in [query.to_numpy, query.to_arrow, query.to_pandas, query.stats]:
        with pytest.raises(pyept.LostError) as raised:
            read()
        error = raised.value
        assert error.location is not None
        assert error.location.endswith(f"ept-data/{error.node}.laz")
        assert error.cause
        assert error.cause in str(error)
        assert pickle.loads(pickle.dumps(error)).args == error.args
    # The C interface has messages only.
    with pytest.raises((OSError, ValueError), match="tile of .* points"):
        query.batches().read_all()
    assert query.report is not None
    assert not query.report["complete"]
    assert "tile of" in query.report["error"]


def test_losses_are_warned_of(tmp_path: Path) -> None:
    place = broken(tmp_path)
    query = pyept.open(place).query(on_error="skip")
    with pytest.warns(pyept.LossWarning, match="2 parts of the data could not be read"):
        arrays = query.to_numpy()
    assert query.report is not None
    losses = query.report["losses"]
    assert len(losses) == 2
    assert all(loss["part"] == "tile" and loss["cause"] for loss in losses)
    lost = sum(loss["points"] for loss in losses)
    assert len(arrays["Z"]) == 1500 - lost
    with pytest.warns(pyept.LossWarning):
        assert query.batches().read_all().num_rows == len(arrays["Z"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(pyept.LossWarning):
            query.to_numpy()


def test_a_missing_dataset(server: Server, tmp_path: Path) -> None:
    with pytest.raises(pyept.NotFoundError, match="no such file or folder"):
        pyept.open(tmp_path / "missing")
    with pytest.raises(pyept.NotFoundError, match="not found|no dataset|ept.json") as raised:
        pyept.open(f"{server.url}/missing")
    assert raised.value.location is not None
    assert raised.value.location.startswith(server.url)
    with pytest.raises(pyept.EptError):
        pyept.open(tmp_path)
    (tmp_path / "ept.json").write_text("{}")
    with pytest.raises(pyept.FormatError) as format_error:
        pyept.open(tmp_path)
    assert format_error.value.location == str(tmp_path / "ept.json")


def test_wrong_arguments(terrain: pyept.Dataset) -> None:
    for arguments, message in [
        ({"bounds": (2, 0, 1, 1)}, "xmin 2 is greater than xmax 1"),
        ({"bounds": (1, 2, 3)}, "expected xmin,ymin,xmax,ymax"),
        ({"bounds": "POLYGON ((0 0, 1"}, "not an area|WKT"),
        ({"bounds": "nowhere.geojson"}, "nowhere.geojson"),
        ({"bounds": "POINT (500100 4650100)"}, "buffer="),
        ({"crs": "EPSG:4326"}, "crs and buffer need bounds"),
        ({"bounds": (0, 0, 1, 1), "crs": "EPSG:0"}, "crs: "),
        ({"resolution": "fast"}, "resolution: "),
        ({"resolution": 1, "depth": 2}, "exclude each other"),
        ({"thin": 1, "thin_3d": 1}, "exclude each other"),
        ({"where": "Classification =="}, "where: .*character"),
        ({"where": "HeightAboveGround > 2"}, "hag=True"),
        ({"edge": "open"}, "edge: "),
        ({"geometry": "wkb"}, "geometry: "),
        ({"on_error": "ignore"}, "on_error: "),
        ({"columns": []}, "columns: "),
        ({"out_crs": "EPSG:99999999"}, "out_crs: "),
    ]:
        with pytest.raises(pyept.QueryError, match=message):
            terrain.query(**arguments).to_numpy()  # type: ignore[arg-type]
        with pytest.raises(ValueError):
            terrain.query(**arguments).to_numpy()  # type: ignore[arg-type]
    with pytest.raises(pyept.QueryError, match="not an octree.*thin="):
        laz = next((TESTDATA / "terrain" / "ept-data").glob("*.laz"))
        pyept.open(laz).query(resolution=1)


def test_validation(tmp_path: Path) -> None:
    fine = pyept.validate(TESTDATA / "laz-pf3", deep=True)
    assert fine["valid"]
    assert fine["checked"]["decoded"] == fine["checked"]["tiles"]
    found = pyept.validate(broken(tmp_path))
    assert not found["valid"]
    assert found["errors"] == 2
    assert all(finding["fix"] for finding in found["findings"])


def test_a_timeout_is_for_each_read(server: Server) -> None:
    dataset = pyept.open(f"{server.url}/terrain", timeout="700ms", retries=0)
    query = dataset.query(depth=1, columns=["Z"])
    server.delay = ("ept-data", 30)
    with pytest.raises(pyept.EptError, match="timeout of 700ms"):
        query.to_numpy()
    server.delay = None
    # Longer than the timeout after the dataset was opened.
    time.sleep(0.8)
    expected = len(query.to_numpy()["Z"])
    assert expected > 0
    unit = query.units(1)[0]
    server.delay = ("ept-data", 30)
    with pytest.raises(pyept.EptError, match="timeout of 700ms"):
        pickle.loads(pickle.dumps(unit)).to_numpy()
    with pytest.raises(pyept.EptError, match="timeout of 100ms"):
        unit.with_options(timeout=0.1).to_numpy()
    server.delay = None
    assert len(unit.with_options(timeout="1m").to_numpy()["Z"]) == expected


@pytest.mark.parametrize("timeout", [0, -1, "soon", "3 weeks"])
def test_what_is_no_timeout(timeout: float | str) -> None:
    with pytest.raises(pyept.QueryError, match="timeout: "):
        pyept.open(TESTDATA / "terrain", timeout=timeout)
