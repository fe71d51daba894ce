"""Threads, forks, interrupts, logs and memory."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import TESTDATA, Server

import pyept

# Waits for a server that does not answer, and tells how long after the signal it was interrupted.
WAITING = """
import sys, time
import pyept
if sys.argv[2] == "open":
    act = lambda: pyept.open(sys.argv[1])
else:
    query = pyept.open(sys.argv[1]).query()
    act = {"numpy": query.to_numpy, "stream": lambda: query.batches().read_all()}[sys.argv[2]]
print("ready", flush=True)
try:
    act()
except KeyboardInterrupt:
    print("interrupted", time.time(), flush=True)
"""


@pytest.mark.parametrize("act", ["open", "numpy", "stream"])
def test_an_interrupt_is_noticed_at_once(server: Server, act: str) -> None:
    server.delay = ("ept.json" if act == "open" else "ept-data", 30)
    if act != "open":
        # The header of the first tile is for the schema; the stream waits for tiles.
        server.delay = ("ept-data", 30)
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, f"{server.url}/terrain", act], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(1)
    sent = time.time()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=10)
    assert told.startswith("interrupted"), told
    assert float(told.split()[1]) - sent < 0.2
    assert process.returncode == 0


def test_after_an_interrupt_reading_works(terrain: pyept.Dataset, server: Server) -> None:
    server.delay = ("ept-data", 30)
    dataset = pyept.open(f"{server.url}/terrain")
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        dataset.query().to_numpy()
    server.delay = None
    server.stop.set()
    expected = terrain.query(depth=1).to_arrow()
    assert dataset.query(depth=1).to_arrow().equals(expected)


def test_a_fork_reads_with_a_runtime_of_its_own(terrain: pyept.Dataset) -> None:
    query = terrain.query(depth=2, columns=["Z"])
    expected = float(query.to_numpy()["Z"].sum())
    for _ in range(3):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, repr(float(query.to_numpy()["Z"].sum())).encode())
            finally:
                os._exit(0)
        os.close(writing)
        deadline = time.time() + 20
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.time() > deadline:
                os.kill(child, signal.SIGKILL)
                pytest.fail("the child hangs")
            time.sleep(0.01)
        told = os.read(reading, 100)
        os.close(reading)
        assert float(told) == expected
        # The parent goes on.
        assert float(query.to_numpy()["Z"].sum()) == expected


def test_a_stream_from_before_a_fork_says_so(terrain: pyept.Dataset) -> None:
    reader = terrain.query(columns=["Z"]).batches()
    reader.read_next_batch()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            reader.read_next_batch()
        except Exception as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    assert b"begun before a fork" in os.read(reading, 1000)
    assert sum(batch.num_rows for batch in reader) > 0


def test_many_threads_read_one_dataset(terrain: pyept.Dataset) -> None:
    query = terrain.query(depth=2, columns=["X", "Z"])
    expected = query.to_numpy()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(5):
                assert np.array_equal(query.to_numpy()["Z"], expected["Z"])
                assert query.batches().read_all().num_rows == len(expected["Z"])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not failed


def test_other_threads_run_meanwhile(server: Server) -> None:
    server.delay = ("ept-data", 1.0)
    dataset = pyept.open(f"{server.url}/laz-pf3")
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    dataset.query(depth=0).to_numpy()
    done.set()
    thread.join()
    assert ticks > 50


def test_requests_are_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    dataset = pyept.open(f"{server.url}/terrain")
    dataset.query(depth=0).to_numpy()
    assert not caplog.records
    caplog.set_level(logging.DEBUG, "pyept")
    dataset.query(depth=0).to_numpy()
    assert any("ept-data/0-0-0-0.laz" in record.getMessage() for record in caplog.records)
    assert all(record.name == "pyept" and record.levelno == logging.DEBUG for record in caplog.records)
    caplog.clear()
    caplog.set_level(5, "pyept")
    dataset.query(depth=0).to_numpy()
    assert any("points decoded in" in record.getMessage() for record in caplog.records)


def test_a_stream_that_is_dropped_stops(server: Server) -> None:
    dataset = pyept.open(f"{server.url}/terrain", requests=1, memory=1)
    reader = dataset.query().batches()
    reader.read_next_batch()
    del reader
    time.sleep(0.3)
    requests = len(server.requests)
    time.sleep(0.5)
    assert len(server.requests) == requests
    assert requests < 60


def test_progress(terrain: pyept.Dataset, capfd: pytest.CaptureFixture[str]) -> None:
    assert len(terrain.query().to_numpy(progress=True)["Z"]) == 25000
    assert "points" in capfd.readouterr().err
    terrain.query().to_arrow()
    assert capfd.readouterr().err == ""


def test_the_import_needs_numpy_alone() -> None:
    code = (
        "import sys, pyept; pyept.open(sys.argv[1]).query(depth=0).to_numpy();"
        "print([name for name in ('pyarrow', 'pandas', 'polars', 'geopandas', 'tqdm') if name in sys.modules])"
    )
    place = str(TESTDATA / "terrain")
    told = subprocess.run([sys.executable, "-c", code, place], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_cache_is_read_without_the_network(server: Server, tmp_path: Path) -> None:
    url = f"{server.url}/terrain"
    expected = pyept.open(url, cache=tmp_path).query(depth=1).to_arrow()
    before = len(server.requests)
    offline = pyept.open(url, cache=tmp_path, offline=True)
    assert offline.query(depth=1).to_arrow().equals(expected)
    assert len(server.requests) == before
