"""What engines do with units in the tests. Processes note what they do, and two wait for one of them to be killed."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import pyept

# Number of units.
UNITS = 24
# The unit during which its process is killed. Those of the last quarter wait until that has happened.
STRUCK = UNITS // 2
PATIENCE = 120


def wait_until(is_so: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.01)


def note(folder: Path, *words: object) -> None:
    with (folder / "notes").open("a") as notes:
        notes.write(" ".join(map(str, words)) + "\n")


def notes(folder: Path, word: str) -> list[list[int]]:
    """The numbers of all notes with this word."""
    path = folder / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [[int(number) for number in line.split()[1:]] for line in lines if line.split()[0] == word]


def resident() -> int:
    """Memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def digest(arrays: dict[str, Any]) -> int:
    """A number of the points whatever their order. Those of parts add up, modulo 2^64."""
    mixed = np.zeros(len(arrays["X"]), dtype=np.uint64)
    for name in ["X", "Y", "Z", "Intensity", "Classification"]:
        bits = np.ascontiguousarray(arrays[name].astype(np.float64)).view(np.uint64)
        mixed = (mixed ^ bits) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed.sum(dtype=np.uint64))


def whole(query: pyept.Query) -> tuple[int, int]:
    """Number and digest of the points of a query, by this process."""
    arrays = query.to_numpy()
    return len(arrays["X"]), digest(arrays)


def summed(parts: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(count for count, _ in parts), sum(number for _, number in parts) % 2**64


def work(unit: pyept.Unit, folder: Path, has_victim: bool = True) -> tuple[int, int]:
    """Number and digest of the points of a unit."""
    note(folder, "start", unit.index, os.getpid())
    if has_victim and (unit.index == STRUCK or unit.index >= UNITS * 3 // 4):
        wait_until((folder / "killed").exists, "nobody was killed")
    arrays = unit.to_numpy()
    result = len(arrays["X"]), digest(arrays)
    del arrays
    note(folder, "end", unit.index, os.getpid(), resident())
    return result


def kill_one(folder: Path) -> int:
    """Kills the process that has a certain unit, when a quarter to three quarters of the units are done."""

    def is_time() -> bool:
        is_started = any(index == STRUCK for index, _ in notes(folder, "start"))
        return is_started and len(notes(folder, "end")) >= UNITS // 4

    wait_until(is_time, "the unit is not started")
    assert len(notes(folder, "end")) <= UNITS * 3 // 4
    [process] = [pid for index, pid in notes(folder, "start") if index == STRUCK]
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: not is_running(process), "the process does not end")
    (folder / "killed").touch()
    return process


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def check_struck(folder: Path, process: int) -> None:
    """Checks that the blow has hit: its unit was read again, by another process."""
    assert not is_running(process)
    attempts = Counter(index for index, _ in notes(folder, "start"))
    assert sorted(attempts) == list(range(UNITS))
    assert attempts[STRUCK] >= 2
    assert {pid for index, pid in notes(folder, "start") if index == STRUCK} != {process}
