"""Progress bars by tqdm."""

from __future__ import annotations

from typing import Any


class Bar:
    """A bar that is told how many points are done, not how many more."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def show(self, done: int, total: int | None) -> None:
        self._bar.total = total
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()


def bar(unit: str) -> Bar | None:
    """A bar for a terminal or notebook. None without tqdm."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return Bar(tqdm(unit=unit, unit_scale=True))
