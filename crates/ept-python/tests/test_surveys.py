"""Catalogues, indexes and downloads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TESTDATA, Server

import pyept


@pytest.fixture
def survey(tmp_path: Path, terrain: pyept.Dataset) -> Path:
    """An index of four files, quarters of a dataset."""
    features = []
    for number in range(4):
        x, y = 500000 + 256 * (number % 2), 4650000 + 256 * (number // 2)
        corners = (x, y, x + 256, y + 256)
        path = tmp_path / f"tile-{number}.laz"
        terrain.query(bounds=corners, edge="half-open").write(path)
        ring = [[x, y], [x + 256, y], [x + 256, y + 256], [x, y + 256], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"location": path.name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::26915"}}
    index = tmp_path / "index.geojson"
    index.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return index


def test_an_index_is_its_files(survey: Path, terrain: pyept.Dataset) -> None:
    dataset = pyept.open(survey)
    assert dataset.points == 25000
    assert len(dataset.locations) == 4
    bounds = (500200, 4650200, 500300, 4650300)
    expected = sorted(terrain.query(bounds=bounds).to_numpy()["Z"])
    assert sorted(dataset.query(bounds=bounds).to_numpy()["Z"]) == expected


def test_only_files_in_the_area_are_opened(survey: Path) -> None:
    (survey.parent / "tile-3.laz").unlink()
    query = pyept.open(survey).query(bounds=(500010, 4650010, 500100, 4650100))
    assert query.to_arrow().num_rows > 0
    assert query.report is not None
    assert query.report["losses"] == []


def test_downloads(survey: Path, server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    report = pyept.fetch(survey, folder, bounds=(500010, 4650010, 500100, 4650400), verify=True, progress=True)
    assert report["complete"]
    assert sorted(path.name for path in folder.iterdir()) == ["tile-0.laz", "tile-2.laz"]
    for path in folder.iterdir():
        assert path.read_bytes() == (survey.parent / path.name).read_bytes()
    again = pyept.fetch(survey, folder, bounds=(500010, 4650010, 500100, 4650400))
    assert [file["state"] for file in again["files"]] == ["present", "present"]
    (survey.parent / "tile-1.laz").unlink()
    with pytest.warns(pyept.LossWarning, match="tile-1.laz"):
        incomplete = pyept.fetch(survey, folder)
    assert not incomplete["complete"]


def test_a_part_of_a_dataset_is_downloaded(server: Server, terrain: pyept.Dataset, tmp_path: Path) -> None:
    bounds = (500010, 4650010, 500100, 4650100)
    pyept.fetch(f"{server.url}/terrain", tmp_path / "part", bounds=bounds)
    copy = pyept.open(tmp_path / "part")
    assert copy.query(bounds=bounds).to_arrow().equals(terrain.query(bounds=bounds).to_arrow())


def test_a_catalogue_is_searched(tmp_path: Path, samples: Path) -> None:
    catalogues = sorted((samples / "opentopography").rglob("*otCatalog*.json"))
    if not catalogues:
        pytest.skip("no catalogue among the samples")
    for catalogue in catalogues:
        everywhere = pyept.find((-180, -90, 180, 90), sources=[str(catalogue)])
        for found in everywhere["surveys"]:
            west, south, _, east, north, _ = (*found["bounds"][:2], 0, *found["bounds"][3:5], 0)
            middle = ((west + east) / 2, (south + north) / 2)
            near = pyept.find((*middle, *middle), sources=[str(catalogue)], buffer="1km")
            assert found["name"] in [survey["name"] for survey in near["surveys"]] or found["offers"]


def test_a_missing_catalogue(tmp_path: Path) -> None:
    with pytest.raises(pyept.EptError):
        pyept.find((0, 0, 1, 1), sources=[str(tmp_path / "missing.json")])
    assert TESTDATA.is_dir()
