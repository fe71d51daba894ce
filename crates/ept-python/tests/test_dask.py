"""Units as tasks and partitions of Dask."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest
from conftest import TESTDATA
from dask.distributed import Client, LocalCluster, wait
from engine_work import UNITS, check_struck, kill_one, notes, summed, whole, work

import pyept
import pyept._engines


@pytest.fixture
def client(workers: None) -> Iterator[Client]:
    # glibc's malloc keeps what each of its arenas had at most, and has one for each thread.
    settings = {"distributed.comm.timeouts.connect": "60s", "distributed.nanny.pre-spawn-environ.MALLOC_ARENA_MAX": 2}
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_a_worker_is_killed(client: Client, many_points: pyept.Dataset, tmp_path: Path) -> None:
    query = many_points.query()
    units = query.units(UNITS)
    assert len(units) == UNITS
    tasks = client.map(work, units, folder=tmp_path)
    process = kill_one(tmp_path)
    assert summed(client.gather(tasks)) == whole(query)
    check_struck(tmp_path, process)
    assert process not in client.run(lambda: __import__("os").getpid()).values()


def test_a_damaged_tile_ends_after_the_retries(client: Client, tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(TESTDATA / "terrain", copy)
    units = pyept.open(copy).query().units(8)
    damaged = sorted((copy / "ept-data").iterdir())[3]
    damaged.write_bytes(b"no tile")
    tasks = client.map(work, units, folder=tmp_path, has_victim=False, retries=2)
    wait(tasks)
    failed = [task for task in tasks if task.status == "error"]
    assert len(failed) == 1
    with pytest.raises(pyept.LostError) as raised:
        failed[0].result()
    index = tasks.index(failed[0])
    assert raised.value.node == damaged.name.removesuffix(damaged.suffix)
    assert raised.value.location == str(damaged)
    assert raised.value.__notes__ == [f"in unit {index} of 8"]
    attempts = Counter(index for index, _ in notes(tmp_path, "start"))
    assert attempts[index] == 3
    assert set(attempts.values()) == {1, 3}


def test_memory_of_a_worker_is_flat(client: Client, many_points: pyept.Dataset, tmp_path: Path) -> None:
    tasks = client.map(work, many_points.query().units(UNITS), folder=tmp_path, has_victim=False)
    wait(tasks)
    memory: dict[int, list[int]] = {}
    for _, process, resident in notes(tmp_path, "end"):
        memory.setdefault(process, []).append(resident)
    assert sum(map(len, memory.values())) == UNITS
    for process, after in memory.items():
        print(process, [round(size / 1e6) for size in after])
        # Medians, since a unit may end before its memory is given back.
        assert np.median(after[-4:]) <= 1.1 * np.median(after[:4])


def test_a_data_frame(terrain: pyept.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    read = pyept._engines.partition

    def partition(unit: pyept.Unit, columns: list[str]) -> Any:
        asked.append(columns)
        return read(unit, columns)

    monkeypatch.setattr(pyept._engines, "partition", partition)
    query = terrain.query(bounds=(500100, 4650100, 500300, 4650300))
    arrays = query.to_numpy()
    with dask.config.set(scheduler="sync"):
        frame = query.to_dask(5)
        assert frame.npartitions == 5
        assert list(frame.columns) == list(arrays)
        assert len(frame) == len(arrays["Z"])
        asked.clear()
        highest = frame.groupby("Classification")["Z"].max().compute()
        assert all(sorted(columns) == ["Classification", "Z"] for columns in asked)
        computed = frame.compute()
        assert computed.dtypes.equals(frame.dtypes)
        own = query.to_dask(5, halo=10)
        assert int((own["Halo"] == 0).sum().compute()) == len(arrays["Z"])
        assert int(own["Halo"].sum().compute()) > 0
        named = terrain.query(source_id="File", columns=["Z"]).to_dask(3, halo=10)
        assert list(named.columns) == ["Z", "File", "Halo"]
        assert named["File"].max().compute() == 0
    for name, height in highest.items():
        assert arrays["Z"][arrays["Classification"] == name].max() == height
    for name in arrays:
        assert np.array_equal(computed[name], arrays[name]), name
