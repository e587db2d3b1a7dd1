"""Styles, rows, offices and populations as data, read once from the catalogue.

A style says what a bulletin holds and how it is worded, a row table what a dimension distinguishes
in an era, an office entry what one office does otherwise. All have valid-from dates.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core import catalogue_files

FOLDER = Path(__file__).resolve().parent.parent / "catalogue" / "bulletins"
SETTINGS = {
    "universe",
    "total_label",
    "share_words",
    "decimals",
    "strip_zeros",
    "balance",
    "parent",
    "words",
    "changes",
    "deltas",
    "accepted_of",
    "ties",
}


class UnknownStyle(ValueError):
    """No style has this code."""


@dataclass(frozen=True)
class Row:
    """One row of a dimension: ``key`` in the JSON, ``label`` in tables, ``long`` in the text."""

    key: str
    label: str
    long: str
    also: tuple[str, ...] = ()
    children: tuple[Row, ...] = ()
    rest: bool = False

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Row:
        label = entry.get("label", entry["key"])
        return cls(
            key=entry["key"],
            label=label,
            long=entry.get("long", label),
            also=tuple(entry.get("also", ())),
            children=tuple(cls.read(child) for child in entry.get("children", ())),
            rest=entry.get("rest", False),
        )

    @classmethod
    def extra(cls, label: str) -> Row:
        """A row for a value that no era names. A dot would part a path."""
        return cls(label.replace(".", "．"), label, label)


Path_ = tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """The rows of one dimension in one era; ``of`` narrows it to one industry."""

    name: str
    rows: tuple[Row, ...]
    of: str = ""

    def spellings(self) -> dict[str, Path_]:
        """Every spelling of every row → its path of keys."""
        found: dict[str, Path_] = {}
        for row in self.rows:
            found |= {plain(word): (row.key,) for word in (row.key, row.label, *row.also)}
        for row in self.rows:
            for child in row.children:
                words = (child.key, child.label, *child.also)
                found |= {plain(word): (row.key, child.key) for word in words}
        return found

    def with_extras(self, labels: Iterable[str]) -> Dimension:
        """Rows of their own for values that the era does not name, before the last row."""
        extras = tuple(Row.extra(label) for label in labels)
        return Dimension(self.name, (*self.rows[:-1], *extras, *self.rows[-1:]), self.of)


def plain(text: str) -> str:
    """A value without differences of writing: widths, blanks."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip()


@dataclass(frozen=True)
class Style:
    """How bulletins of an era look. ``valid_until`` is None while it is in use."""

    code: str
    name: str
    valid_from: date
    valid_until: date | None
    title: str
    settings: Mapping[str, Any]
    tables: tuple[Mapping[str, Any], ...]
    rankings: tuple[Mapping[str, Any], ...]
    body: tuple[Mapping[str, Any], ...]
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Settings read like attributes; an office's or a caller's own value comes first."""
        if name not in SETTINGS:
            raise AttributeError(name)
        return self.overrides.get(name, self.settings[name])

    def covers(self, first: date, last: date) -> bool:
        """Whether a period lies in the time of the style."""
        return self.valid_from <= first and (self.valid_until is None or last <= self.valid_until)

    def with_(self, **overrides: Any) -> Style:
        """The style with other settings. Raises ``KeyError`` on an unknown one."""
        unknown = set(overrides) - SETTINGS
        if unknown:
            raise KeyError(f"unknown settings {sorted(unknown)}")
        return Style(
            **{
                **{name: getattr(self, name) for name in self.__dataclass_fields__},
                "overrides": {**self.overrides, **overrides},
            }
        )


def _read(name: str) -> Any:
    return catalogue_files.read(FOLDER / name)


@cache
def styles() -> dict[str, Style]:
    """All styles by code."""
    found = {}
    for entry in _read("styles.yaml"):
        if set(entry["settings"]) != SETTINGS:
            raise ValueError(f"style {entry['code']}: settings differ from the known ones")
        lists = {name: tuple(entry[name]) for name in ("tables", "rankings", "body")}
        found[entry["code"]] = Style(**{**entry, **lists})
    return found


def style(code: str, *, office: str = "", on: date) -> Style:
    """The style with what the office does otherwise. Raises ``UnknownStyle``."""
    if code not in styles():
        raise UnknownStyle(code)
    found = styles()[code]
    for entry in _offices():
        if entry["office"] == office and entry["from"] <= on <= entry.get("until", date.max):
            found = found.with_(**entry["settings"])
    return found


def style_in_force(on: date) -> str:
    """The code of the style of that day."""
    return next(s.code for s in reversed(styles().values()) if s.valid_from <= on)


@cache
def _offices() -> list[dict[str, Any]]:
    return _read("offices.yaml")


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return _read("rows.yaml")


@cache
def dimension(name: str, *, on: date, office: str = "", style: str = "") -> Dimension | None:
    """The rows of a dimension on a day; an office's own come first. None before the first era.

    An era that belongs to certain styles counts in these only: two styles overlap in time.
    """
    known = [e for e in _rows()[name] if style in e.get("styles", (style,))]
    eras = [e for e in known if e["from"] <= on <= e.get("until", date.max)]
    own = [e for e in eras if e.get("office") == office and office]
    common = [e for e in eras if "office" not in e]
    if not own and not common:
        return None
    # An office's own rows hold until a later era for all begins.
    era = max(own + common, key=lambda e: (e["from"], "office" in e))
    return Dimension(name, tuple(Row.read(entry) for entry in era["rows"]), era.get("of", ""))


@cache
def population(on: date) -> dict[str, int]:
    """People by short name of the province as last counted before a day; empty where unknown."""
    known = [entry for entry in _read("population.yaml") if entry["from"] <= on]
    return max(known, key=lambda entry: entry["from"])["people"] if known else {}
