"""Units by the command under `xargs`, as people run them without an engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import serve
from engine_work import STRUCK, UNITS, is_running, wait_until, whole

import pyept

# Notes its process, of which the command takes the place.
RUN = 'echo "$1" $$ >> started; exec "$EPT" run units.jsonl --quiet --index "$1" -o parts'


def run_all(folder: Path) -> subprocess.Popen[bytes]:
    """Runs all units, two at a time."""
    indexes = "".join(f"{index}\n" for index in range(UNITS)).encode()
    (folder / "indexes").write_bytes(indexes)
    xargs = ["xargs", "--arg-file", "indexes", "-P", "2", "-n", "1", "sh", "-c", RUN, "sh"]
    return subprocess.Popen(xargs, cwd=folder, stderr=subprocess.DEVNULL)


def started(folder: Path) -> dict[int, int]:
    """The last process of each unit."""
    path = folder / "started"
    lines = path.read_text().splitlines() if path.exists() else []
    return {int(index): int(process) for index, process in map(str.split, lines)}


def test_a_run_is_killed(
    ept: str, many_points: pyept.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPT", ept)

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ept, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    parts = tmp_path / "parts"
    with serve(Path(many_points.locations[0]).parent) as server:
        planned = command("plan", server.url, "--units", str(UNITS), "-o", "units.jsonl")
        assert planned.returncode == 0, planned.stderr
        units = (tmp_path / "units.jsonl").read_text().splitlines()
        assert len(units) == UNITS

        # The last tile of a unit in the middle does not come before its process is killed.
        tile = f"/ept-data/{json.loads(units[STRUCK])['nodes'][-1]['node']}."
        server.delay = (tile, 60)
        runs = run_all(tmp_path)
        wait_until(lambda: any(tile in path for path, _ in server.requests), "the tile is not asked for")
        process = started(tmp_path)[STRUCK]
        os.kill(process, signal.SIGKILL)
        wait_until(lambda: not is_running(process), "the process does not end")
        server.delay = None
        # As xargs does when a command is killed.
        assert runs.wait() == 125
        assert len(list(parts.glob("*.json"))) >= STRUCK // 2

        missing = command("merge", "parts", "-o", "all.copc.laz")
        assert missing.returncode == 1
        assert f" {STRUCK}" in missing.stderr
        before = {path: path.read_bytes() for path in parts.iterdir() if path.suffix != ".part"}
        # All again, those that are done too.
        assert run_all(tmp_path).wait() == 0
        assert all(path.read_bytes() == contents for path, contents in before.items())
        assert not list(parts.glob(".*"))

        receipt = sorted(parts.glob("*.json"))[STRUCK + 1]
        lost = json.loads(receipt.read_text())["part"]
        (parts / lost).unlink()
        refused = command("merge", "parts", "-o", "all.copc.laz")
        assert refused.returncode == 1
        assert lost in refused.stderr
        assert not (tmp_path / "all.copc.laz").exists()
        again = command("run", "units.jsonl", "--index", str(STRUCK + 1), "-o", "parts")
        assert again.returncode == 0, again.stderr
    merged = command("merge", "parts", "-o", "all.copc.laz")
    assert merged.returncode == 0, merged.stderr
    assert whole(pyept.open(tmp_path / "all.copc.laz").query()) == whole(many_points.query())
