"""Places and datasets of the tests."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import pyept

WORKSPACE = Path(__file__).parents[3]
TESTDATA = WORKSPACE / "testdata"
SAMPLES = Path(os.environ.get("EPT_SAMPLES", WORKSPACE.parent / "shared" / "samples"))


@pytest.fixture(scope="session")
def terrain() -> pyept.Dataset:
    return pyept.open(TESTDATA / "terrain")


@pytest.fixture(scope="session")
def many_points() -> pyept.Dataset:
    """10 million points of Autzen, or what there is."""
    autzen = SAMPLES.parent / "bench" / "autzen-laz"
    if not autzen.is_dir():
        print(f"no dataset at {autzen}: a smaller one")
    return pyept.open(autzen if autzen.is_dir() else TESTDATA / "terrain")


@pytest.fixture(scope="session")
def ept() -> str:
    """The command: what `EPT` names, or a debug build."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target"))
    path = os.environ.get("EPT", str(target / "debug" / "ept"))
    if not Path(path).is_file():
        pytest.skip(f"the command is not built: there is no {path}")
    return path


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of engines find the modules of the tests."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples at {SAMPLES}")
    return SAMPLES


def truth(samples: Path, name: str) -> dict[str, Any]:
    """What a sample must read as, according to other software."""
    result: dict[str, Any] = json.loads((samples / "truth" / f"{name}.json").read_text())
    return result


class Handler(SimpleHTTPRequestHandler):
    """A server of files that notes the headers of requests, and can be slow or refuse some."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.requests.append((self.path, dict(self.headers)))
        if server.refuse is not None and server.refuse in self.path:
            self.send_error(404)
            return
        if server.delay is not None and server.delay[0] in self.path:
            server.stop.wait(server.delay[1])
        if server.token is not None and self.headers.get("Authorization") != server.token:
            self.send_error(401)
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if wanted is None or not path.is_file():
            super().do_GET()
            return
        contents = path.read_bytes()
        start, end = int(wanted[1]), min(int(wanted[2] or len(contents)), len(contents) - 1)
        part = contents[start : end + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(contents)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.split("?")[0])

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server of a folder on the loopback interface."""

    daemon_threads = True
    # More connections at once than a reader makes, or some wait a second until they are asked for again.
    request_queue_size = 100

    def __init__(self, folder: Path) -> None:
        from threading import Event

        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.refuse: str | None = None
        self.delay: tuple[str, float] | None = None
        self.token: str | None = None
        self.stop = Event()

    def handle_error(self, *_: Any) -> None:
        # Clients that are interrupted close their connections.
        pass

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """A server that runs."""
    server = Server(folder)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(TESTDATA) as server:
        yield server
