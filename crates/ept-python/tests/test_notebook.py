"""The notebook runs, against a server on loopback that plays OpenTopography."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import laspy
import nbformat
import numpy as np
import pytest
from conftest import WORKSPACE, Server, serve
from nbclient import NotebookClient
from pyproj import CRS
from shapely.geometry import box

NOTEBOOK = WORKSPACE / "docs" / "notebooks" / "opentopography.ipynb"
# South-western corner of the tiles in EPSG:2193, and their size in metres. The area of the notebook is inside.
CORNER = (1_819_700, 5_863_500)
SIZE = 500
# Its corners, counter-clockwise, by pyproj 3.7.
AREA = [
    (1_819_779.033539, 5_863_877.672546),
    (1_820_359.644714, 5_863_862.390336),
    (1_820_381.882460, 5_864_706.219680),
    (1_819_801.212599, 5_864_721.500776),
]


def write_tile(path: Path, x: int, y: int) -> np.ndarray[Any, Any]:
    """Writes points of a slope, 10 m apart."""
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales = np.array([0.01, 0.01, 0.01])
    header.offsets = np.array([x, y, 0])
    header.add_crs(CRS.from_epsg(2193))
    places = np.stack(np.meshgrid(np.arange(5, SIZE, 10), np.arange(5, SIZE, 10)), axis=-1).reshape(-1, 2) + (x, y)
    file = laspy.LasData(header)
    file.x, file.y = places.T
    file.z = 100 + 0.1 * (places[:, 0] - CORNER[0])
    file.classification = np.full(len(places), 2, dtype=np.uint8)
    file.return_number = file.number_of_returns = np.ones(len(places), dtype=np.uint8)
    file.write(path)
    return places


@pytest.fixture
def opentopography(tmp_path: Path) -> Iterator[tuple[Server, np.ndarray[Any, Any]]]:
    """The server, and the places of all points of the survey."""
    root = tmp_path / "server"
    (root / "API").mkdir(parents=True)
    (root / "NZ15_Huntly").mkdir()
    with serve(root) as server:
        urls, boxes, places = [], [], []
        for number in range(6):
            x, y = CORNER[0] + SIZE * (number % 2), CORNER[1] + SIZE * (number // 2)
            places.append(write_tile(root / "NZ15_Huntly" / f"tile-{number}.laz", x, y))
            urls.append(f"{server.url}/NZ15_Huntly/tile-{number}.laz")
            boxes.append(box(x, y, x + SIZE, y + SIZE))
        shapes = tmp_path / "shapes"
        shapes.mkdir()
        frame = geopandas.GeoDataFrame({"URL": urls}, geometry=boxes, crs="EPSG:2193")
        frame.to_file(shapes / "NZ15_Huntly_TileIndex.shp")
        with zipfile.ZipFile(root / "NZ15_Huntly" / "NZ15_Huntly_TileIndex.zip", "w") as archive:
            for part in shapes.iterdir():
                archive.write(part, part.name)
        ring = [[175.0, -37.6], [175.6, -37.6], [175.6, -37.2], [175.0, -37.2], [175.0, -37.6]]
        feature = {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}
        record = {
            "name": "Huntly, Waikato, New Zealand 2015-2019",
            "identifier": {"@type": "PropertyValue", "propertyID": "opentopoID", "value": "OTLAS.022020.2193.1"},
            "alternateName": "NZ15_Huntly",
            "url": "https://doi.org/10.5069/G9FT8J6K",
            "citation": "Waikato Regional Council, LINZ. (2020). Huntly, Waikato, New Zealand 2015-2019.",
            "temporalCoverage": "2015-02-01 / 2019-01-31",
            "spatialCoverage": {
                "geo": {"geojson": {"type": "FeatureCollection", "features": [feature]}},
                "additionalProperty": [{"name": "EPSG (Horizontal)", "value": "2193"}],
            },
            "variableMeasured": [],
        }
        (root / "API" / "otCatalog").write_text(json.dumps({"Datasets": [{"Dataset": record}]}))
        yield server, np.concatenate(places)


def is_in_area(places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    inside = np.ones(len(places), dtype=bool)
    for a, b in zip(AREA, AREA[1:] + AREA[:1], strict=True):
        inside &= (b[0] - a[0]) * (places[:, 1] - a[1]) - (b[1] - a[1]) * (places[:, 0] - a[0]) >= 0
    return inside


def test_opentopography(
    opentopography: tuple[Server, np.ndarray[Any, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, places = opentopography
    monkeypatch.setenv("EPT_OPENTOPOGRAPHY_URL", server.url)
    monkeypatch.setenv("EPT_OPENTOPOGRAPHY_BULK_URL", server.url)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    folder = tmp_path / "notebook"
    folder.mkdir()
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    told = [
        output.get("text") or output["data"].get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    expected = int(is_in_area(places).sum())
    assert expected > 1000
    assert "NZ15_Huntly" in told[0]
    assert told[2].startswith(f"2193 {expected} points")
    assert told[-1] == str(expected)
    assert (folder / "huntly_dtm.png").read_bytes().startswith(b"\x89PNG")
