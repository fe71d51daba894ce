"""The recipes for engines count the points of the ground. Those of engines that are not installed are skipped: `cargo xtask python
--engines` installs them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import TESTDATA

import pyept

RECIPES = sorted((Path(__file__).parents[1] / "examples" / "engines").glob("*.py"))
ENGINES = {"spark": "pyspark", "parquet": "polars"}


@pytest.fixture(scope="module")
def ground(terrain: pyept.Dataset) -> int:
    return int(np.count_nonzero(terrain.query().to_numpy()["Classification"] == 2))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_recipe(recipe: Path, ground: int) -> None:
    assert len(recipe.read_text().splitlines()) <= 25
    engine = recipe.stem.split("_")[0]
    if importlib.util.find_spec(ENGINES.get(engine, engine)) is None:
        pytest.skip(f"{engine} is not installed")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    run = subprocess.run(
        [sys.executable, recipe, TESTDATA / "terrain"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=180,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout.split()[-1]) == ground


def test_slurm(ept: str, ground: int, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(ept).parent), os.environ["PATH"]])

    def run(*arguments: str, **more: str) -> None:
        subprocess.run(arguments, check=True, cwd=tmp_path, env={**os.environ, "PATH": path, **more})

    condition = ["--where", "Classification == 2", "--units", "16", "-o", "units.jsonl"]
    run("ept", "plan", str(TESTDATA / "terrain"), *condition)
    script = str(RECIPES[0].parent / "slurm_array.sh")
    for index in range(len((tmp_path / "units.jsonl").read_text().splitlines())):
        run("sh", script, SLURM_ARRAY_TASK_ID=str(index))
    run("ept", "merge", "parts", "-o", "ground.copc.laz")
    assert pyept.open(tmp_path / "ground.copc.laz").points == ground
