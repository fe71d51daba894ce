"""Units as tasks of Spark, if it is installed: `cargo xtask python --engines`."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import TESTDATA
from engine_work import UNITS, check_struck, kill_one, notes, summed, whole, work

import pyept

sql: Any = pytest.importorskip("pyspark.sql")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        # With `local[2]`, a task has one attempt.
        builder = sql.SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
        session = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def run(spark: Any, units: list[pyept.Unit], folder: Path, has_victim: bool) -> list[tuple[int, int]]:
    """Works on units by `mapInArrow`."""

    def work_all(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for unit in batch["unit"]:
                count, digest = work(pickle.loads(unit.as_py()), folder, has_victim)
                yield pa.RecordBatch.from_pydict({"count": [count], "digest": [str(digest)]})

    pickled = [(bytearray(pickle.dumps(unit)),) for unit in units]
    frame = spark.createDataFrame(spark.sparkContext.parallelize(pickled, len(units)), "unit binary")
    rows = frame.mapInArrow(work_all, "count long, digest string").collect()
    return [(row["count"], int(row["digest"])) for row in rows]


def test_a_worker_is_killed(spark: Any, many_points: pyept.Dataset, tmp_path: Path) -> None:
    query = many_points.query()
    with ThreadPoolExecutor(1) as pool:
        parts = pool.submit(run, spark, query.units(UNITS), tmp_path, True)
        process = kill_one(tmp_path)
        assert summed(parts.result()) == whole(query)
    check_struck(tmp_path, process)


def test_a_damaged_tile_ends_after_the_attempts(spark: Any, tmp_path: Path) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(TESTDATA / "terrain", copy)
    units = pyept.open(copy).query().units(8)
    damaged = sorted((copy / "ept-data").iterdir())[3]
    damaged.write_bytes(b"no tile")
    with pytest.raises(Exception, match=f"LostError: .*{damaged.name}.*") as raised:
        run(spark, units, tmp_path, False)
    assert "in unit " in str(raised.value)
    attempts = Counter(index for index, _ in notes(tmp_path, "start"))
    assert max(attempts.values()) == 4
