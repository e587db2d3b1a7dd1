"""The tables of a replay's folder, each read once."""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from pathlib import Path

Row = dict[str, str]


class Tables(dict[str, list[Row]]):
    """By name; what nothing was written of is empty."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> list[Row]:
        path = self.folder / "export" / f"{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found = [one for one in csv.DictReader(stream) if "（无记录）" not in one]
        self[name] = found
        return found


@cache
def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
