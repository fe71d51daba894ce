"""Work units: disjoint, together the query, and read without asking for anything but tiles."""

from __future__ import annotations

import json
import logging
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TESTDATA, Server

import pyept

SECRET = "swordfish-4711"


def rows(arrays: dict[str, Any], names: list[str]) -> np.ndarray[Any, Any]:
    """Points as rows in an order of their own."""
    columns = np.stack([np.asarray(arrays[name], dtype=np.float64) for name in names], axis=1)
    order: np.ndarray[Any, Any] = columns[np.lexsort(columns.T)]
    return order


def together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@pytest.mark.parametrize("n", [1, 3, 7, 500])
@pytest.mark.parametrize("bounds", [None, (500100, 4650100, 500311.5, 4650290)])
def test_units_of_nodes_are_the_query_in_order(terrain: pyept.Dataset, n: int, bounds: Any) -> None:
    query = terrain.query(bounds=bounds, where="Classification == 2")
    units = query.units(n)
    assert 1 <= len(units) <= n
    assert [unit.index for unit in units] == list(range(len(units)))
    assert {unit.of for unit in units} == {len(units)}
    assert len({unit.job for unit in units}) == 1
    read = together([unit.to_numpy() for unit in units])
    expected = query.to_numpy()
    assert list(read) == list(expected)
    for name, values in expected.items():
        assert np.array_equal(read[name], values), name


@pytest.mark.parametrize("n", [1, 2, 6, 50])
@pytest.mark.parametrize("halo", [0, 20.0, "15m"])
def test_units_of_areas_are_the_query(terrain: pyept.Dataset, n: int, halo: float | str) -> None:
    query = terrain.query(bounds=(500100, 4650100, 500400, 4650300), columns=["X", "Y", "Z", "GpsTime"])
    everything = terrain.query(columns=["X", "Y"]).to_numpy()
    own = []
    for unit in query.units(n, halo=halo):
        # The part of a unit is not an area of the query.
        assert len(unit.query["areas"]) == 1
        assert "core" in unit.query
        read = unit.to_numpy()
        assert ("Halo" in read) == (halo != 0)
        kept = unit.with_options(drop_halo=True).to_numpy()
        assert "Halo" not in kept
        if halo != 0:
            is_own = read["Halo"] == 0
            assert set(np.unique(read["Halo"])) <= {0, 1}
            assert np.array_equal(read["X"][is_own], kept["X"])
        own.append(kept)
        if halo == 20.0 and len(kept["X"]) > 0:
            # All points of the query that are near one of its own are there.
            x, y = everything["X"], everything["Y"]
            low = [kept["X"].min() - 20, kept["Y"].min() - 20]
            high = [kept["X"].max() + 20, kept["Y"].max() + 20]
            is_near = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
            is_inside = (x >= 500100) & (x <= 500400) & (y >= 4650100) & (y <= 4650300)
            near = set(zip(x[is_near & is_inside], y[is_near & is_inside], strict=True))
            assert near <= set(zip(read["X"], read["Y"], strict=True))
    names = ["X", "Y", "Z", "GpsTime"]
    assert np.array_equal(rows(together(own), names), rows(query.to_numpy(), names))


def test_a_unit_is_its_pickle_and_its_text(terrain: pyept.Dataset, tmp_path: Path) -> None:
    units = terrain.query(columns=["Z"]).units(5)
    for unit in units:
        assert pickle.loads(pickle.dumps(unit)) == unit
        assert hash(pickle.loads(pickle.dumps(unit))) == hash(unit)
        assert pyept.Unit.from_json(str(unit)) == unit
        assert "\n" not in str(unit)
        assert json.loads(str(unit))["index"] == unit.index
    assert len(set(units)) == 5
    file = tmp_path / "units.jsonl"
    file.write_text("".join(f"{unit}\n" for unit in units))
    assert pyept.read_units(file) == units
    chosen = units[1].with_options(columns=["X"], threads=2, on_error="skip")
    assert chosen != units[1]
    assert list(pickle.loads(pickle.dumps(chosen)).to_numpy()) == ["X"]


def test_what_is_no_unit(terrain: pyept.Dataset, tmp_path: Path) -> None:
    unit = str(terrain.query().units(2)[1])
    for text in ["", "{}", unit[:-1], unit.replace('"index":1', '"index":9')]:
        with pytest.raises(pyept.FormatError):
            pyept.Unit.from_json(text)
    file = tmp_path / "units.jsonl"
    file.write_text(f"{unit}\n{unit[:-1]}\n")
    with pytest.raises(pyept.FormatError, match="units.jsonl, line 2: "):
        pyept.read_units(file)
    with pytest.raises(pyept.NotFoundError):
        pyept.read_units(tmp_path / "missing.jsonl")


def test_a_unit_asks_for_tiles_only(server: Server) -> None:
    query = pyept.open(f"{server.url}/terrain").query(columns=["Z"])
    for halo in [None, 10.0]:
        units = [pickle.loads(pickle.dumps(unit)) for unit in query.units(6, halo=halo)]
        for read in [
            lambda unit: unit.to_numpy(),
            lambda unit: unit.to_geopandas(),
            lambda unit: unit.batches().read_all(),
        ]:
            server.requests.clear()
            for unit in units:
                read(unit)
            assert server.requests
            assert all("/ept-data/" in path for path, _ in server.requests), server.requests


def test_all_kinds_of_reads_are_the_same(terrain: pyept.Dataset) -> None:
    unit = terrain.query(columns=["X", "Z"]).units(4)[1]
    arrays = unit.to_numpy()
    count = len(arrays["Z"])
    assert 0 < count <= unit.points
    assert unit.to_arrow()["Z"].to_numpy().tolist() == arrays["Z"].tolist()
    assert unit.to_pandas()["Z"].tolist() == arrays["Z"].tolist()
    assert unit.to_polars()["Z"].to_list() == arrays["Z"].tolist()
    assert unit.to_geopandas().geometry.x.tolist() == arrays["X"].tolist()
    # Without the axes among its columns, too.
    assert len(unit.with_options(columns=["Intensity"]).to_geopandas()) == count
    assert unit.report is not None
    assert unit.report["points"] == count


def test_headers_are_not_in_units(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.token = f"Bearer {SECRET}"
    headers = {"Authorization": f"Bearer {SECRET}"}
    units = pyept.open(f"{server.url}/terrain", headers=headers).query(depth=1).units(2)
    caplog.set_level(logging.DEBUG, "pyept")
    expected = [len(unit.to_numpy()["Z"]) for unit in units]
    assert caplog.records
    for unit in units:
        for told in [str(unit), repr(unit), str(pickle.dumps(unit)), str(unit.report), caplog.text]:
            assert SECRET not in told
    again = [pickle.loads(pickle.dumps(unit)) for unit in units]
    with pytest.raises(pyept.CredentialsError, match="the header Authorization"):
        again[0].to_numpy()
    assert [len(unit.with_options(headers=headers).to_numpy()["Z"]) for unit in again] == expected


def test_a_header_in_the_environment_travels(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.token = f"Bearer {SECRET}"
    monkeypatch.setenv("SURVEY_TOKEN", SECRET)
    dataset = pyept.open(f"{server.url}/terrain", headers={"Authorization": "Bearer ${SURVEY_TOKEN}"})
    unit = pickle.loads(pickle.dumps(dataset.query(depth=0).units(1)[0]))
    assert SECRET not in str(pickle.dumps(unit))
    assert len(unit.to_numpy()["Z"]) == 1522


def test_what_can_not_be_divided(terrain: pyept.Dataset, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for query, halo in [
        (terrain.query(hag=True), None),
        (terrain.query(hag=[2, 9]), 0),
        (terrain.query(limit=10), 5),
        (terrain.query(limit=10, thin=1), None),
    ]:
        with pytest.raises(pyept.QueryError, match="can't be divided"):
            query.units(2, halo=halo)
    with pytest.raises(pyept.QueryError, match="query string") as raised:
        pyept.open(f"{server.url}/terrain/ept.json?token={SECRET}").query().units(2)
    assert SECRET not in str(raised.value)
    monkeypatch.setenv("SURVEYS", str(TESTDATA))
    with pytest.raises(pyept.QueryError, match="NAME"):
        pyept.open("${SURVEYS}/terrain").query().units(2)
    with pytest.raises(pyept.QueryError, match="halo"):
        terrain.query().units(2, halo=-1)
    with pytest.raises(ValueError, match="zero"):
        terrain.query().units(0)


def test_parts_become_the_file_of_the_query(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(bounds=(500100, 4650100, 500300, 4650300))
    units = query.units(5)
    parts = tmp_path / "parts"
    receipts = [pickle.loads(pickle.dumps(unit)).write(parts) for unit in reversed(units)]
    assert [receipt["index"] for receipt in receipts] == [4, 3, 2, 1, 0]
    written = (parts / receipts[0]["part"]).read_bytes()
    assert units[4].write(parts) == receipts[0]
    assert (parts / receipts[0]["part"]).read_bytes() == written
    merged = pyept.merge(parts, tmp_path / "merged.copc.laz")
    whole = query.write(tmp_path / "whole.copc.laz")
    assert merged == {"points": whole["points"], "parts": 5, "copied": True, "losses": []}
    assert (tmp_path / "merged.copc.laz").read_bytes() == (tmp_path / "whole.copc.laz").read_bytes()
    with pytest.raises(pyept.OutputError, match="already exists"):
        pyept.merge(parts, tmp_path / "merged.copc.laz", overwrite=False)
    (parts / receipts[1]["part"]).unlink()
    with pytest.raises(pyept.OutputError, match=f"{receipts[1]['part']}: it is missing; run unit 3 again"):
        pyept.merge(parts, tmp_path / "again.copc.laz")


def test_parts_have_no_halo(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(columns=["X", "Y", "Z"])
    receipts = [unit.write(tmp_path / "parts", format="parquet") for unit in query.units(4, halo=25)]
    assert sum(receipt["points"] for receipt in receipts) == 25000
    assert pyept.merge(tmp_path / "parts", tmp_path / "all.parquet")["points"] == 25000
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(tmp_path / "all.parquet").to_pydict()
    assert np.array_equal(rows(table, ["X", "Y", "Z"]), rows(query.to_numpy(), ["X", "Y", "Z"]))
    assert "Halo" not in table


def test_a_damaged_tile_is_named(tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(TESTDATA / "terrain", copy)
    units = pyept.open(copy).query().units(6)
    damaged = sorted((copy / "ept-data").iterdir())[3]
    damaged.write_bytes(b"no tile")
    failed = []
    for unit in units:
        try:
            unit.to_numpy()
        except pyept.LostError as error:
            failed.append(unit)
            again = pickle.loads(pickle.dumps(error))
            assert str(again) == str(error)
            assert again.node == error.node == damaged.name.removesuffix(damaged.suffix)
            assert again.location == str(damaged)
            assert again.__notes__ == [f"in unit {unit.index} of 6"]
            with pytest.raises(pyept.LostError):
                unit.write(tmp_path / "parts")
    assert len(failed) == 1
    with pytest.warns(pyept.LossWarning, match=damaged.name):
        receipts = [unit.with_options(on_error="skip").write(tmp_path / "parts") for unit in units]
    losses = [loss for receipt in receipts for loss in receipt["losses"]]
    assert len(losses) == 1
    with pytest.warns(pyept.LossWarning, match="1 parts of the data could not be read by the units"):
        merged = pyept.merge(tmp_path / "parts", tmp_path / "rest.laz")
    assert merged["losses"] == losses


def test_units_of_rasters_have_no_points_of_their_own(terrain: pyept.Dataset) -> None:
    line = json.loads(str(terrain.query().units(1)[0]))
    unit = pyept.Unit.from_json(json.dumps({**line, "work": "{}"}))
    with pytest.raises(pyept.QueryError, match="of a raster"):
        unit.to_arrow()


@pytest.mark.parametrize("thin", [{"thin": 6}, {"thin_3d": "4m"}])
def test_units_of_a_query_that_thins_are_the_query(terrain: pyept.Dataset, thin: dict[str, Any]) -> None:
    names = ["X", "Y", "Z", "GpsTime"]
    query = terrain.query(columns=names, **thin)
    expected = query.to_numpy()
    for halo in [None, 0, 10.0]:
        units = query.units(9, halo=halo)
        assert len(units) > 3
        parts = [unit.with_options(drop_halo=True).to_numpy() for unit in units]
        assert np.array_equal(rows(together(parts), names), rows(expected, names))
    # Points of the halo are points of the query too.
    halos = [unit.to_numpy() for unit in units]
    around = [{name: part[name][part["Halo"] == 1] for name in names} for part in halos]
    assert sum(len(part["X"]) for part in around) > 0
    whole = {tuple(row) for row in rows(expected, names)}
    assert {tuple(row) for row in rows(together(around), names)} <= whole


@pytest.mark.parametrize("limit", [1, 4000, 100_000])
def test_the_first_points_in_units(terrain: pyept.Dataset, limit: int) -> None:
    query = terrain.query(where="Intensity > 100", columns=["X", "Z"], limit=limit)
    units = [pickle.loads(pickle.dumps(unit)) for unit in query.units(4)]
    read = together([unit.to_numpy() for unit in units])
    for name, values in query.to_numpy().items():
        assert np.array_equal(read[name], values)


def test_heights_above_a_terrain_model_in_units(terrain: pyept.Dataset, tmp_path: Path) -> None:
    model = tmp_path / "dtm.tif"
    terrain.query().dtm(model, resolution=4)
    query = terrain.query(hag=model, where="HeightAboveGround > 1", columns=["X", "HeightAboveGround"])
    read = together([unit.to_numpy() for unit in query.units(5)])
    for name, values in query.to_numpy().items():
        assert len(values) > 100
        assert np.array_equal(read[name], values)
    with_halo = query.units(5, halo=10)[0].to_numpy()
    assert set(with_halo) == {"X", "HeightAboveGround", "Halo"}
    assert with_halo["HeightAboveGround"].min() > 1


def test_a_page_that_was_lost_is_in_the_report_of_the_first_unit(tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(TESTDATA / "terrain", copy)
    (copy / "ept-hierarchy" / "2-1-1-1.json").write_text("no page")
    dataset = pyept.open(copy)
    with pytest.raises(pyept.LostError, match="2-1-1-1"):
        dataset.query().units(3)
    with pytest.warns(pyept.LossWarning, match="2-1-1-1"):
        units = dataset.query(on_error="skip").units(3)
    with pytest.warns(pyept.LossWarning, match="2-1-1-1"):
        receipts = [unit.write(tmp_path / "parts") for unit in units]
    assert [[loss["key"] for loss in receipt["losses"]] for receipt in receipts] == [["2-1-1-1"], [], []]
