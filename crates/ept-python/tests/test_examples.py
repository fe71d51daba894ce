"""The examples run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TESTDATA

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example: Path, tmp_path: Path) -> None:
    assert len(example.read_text().splitlines()) <= 25
    output = tmp_path / ("model.tif" if "dtm" in example.read_text() else "places.gpkg")
    run = subprocess.run(
        [sys.executable, example, TESTDATA / "terrain", output], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout
