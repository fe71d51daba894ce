"""Units as tasks and blocks of Ray, if it is installed: `cargo xtask python --engines`."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TESTDATA
from engine_work import UNITS, check_struck, kill_one, notes, summed, whole, work

import pyept

ray = pytest.importorskip("ray")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    # Workers find the modules of the tests.
    folders = ray.job_config.JobConfig(code_search_path=[str(Path(__file__).parent)])
    ray.init(
        num_cpus=2, object_store_memory=300_000_000, include_dashboard=False, log_to_driver=False, job_config=folders
    )
    yield
    ray.shutdown()


def test_a_worker_is_killed(cluster: None, many_points: pyept.Dataset, tmp_path: Path) -> None:
    query = many_points.query()
    task = ray.remote(num_cpus=1, max_retries=3)(work)
    parts = [task.remote(unit, tmp_path) for unit in query.units(UNITS)]
    process = kill_one(tmp_path)
    assert summed(ray.get(parts)) == whole(query)
    check_struck(tmp_path, process)


def test_a_damaged_tile_ends_after_the_retries(cluster: None, tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(TESTDATA / "terrain", copy)
    units = pyept.open(copy).query().units(8)
    damaged = sorted((copy / "ept-data").iterdir())[3]
    damaged.write_bytes(b"no tile")
    task = ray.remote(num_cpus=1, max_retries=2, retry_exceptions=True)(work)
    parts = [task.remote(unit, tmp_path, False) for unit in units]
    failed: list[tuple[int, Any]] = []
    for index, part in enumerate(parts):
        try:
            ray.get(part)
        except pyept.LostError as error:
            failed.append((index, error))
    [(index, error)] = failed
    assert damaged.name in str(error)
    assert error.cause.node == damaged.name.removesuffix(damaged.suffix)
    attempts = Counter(index for index, _ in notes(tmp_path, "start"))
    assert attempts[index] == 3


def test_a_dataset(cluster: None, terrain: pyept.Dataset) -> None:
    query = terrain.query(bounds=(500100, 4650100, 500300, 4650300), columns=["Z", "Classification"])
    arrays = query.to_numpy()
    dataset = query.to_ray(5)
    assert dataset.count() == len(arrays["Z"])
    highest = dataset.groupby("Classification").max("Z").take_all()
    assert len(highest) == len(np.unique(arrays["Classification"]))
    for row in highest:
        assert arrays["Z"][arrays["Classification"] == row["Classification"]].max() == row["max(Z)"]
