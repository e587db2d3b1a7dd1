"""Catalogues and rules as they stand in YAML files.

libyaml reads them where PyYAML was built with it: about ten times as fast, which the start of every
process and every new database pays for. Otherwise PyYAML's own safe loader reads the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

E = TypeVar("E")
SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """The content of a file. Raises OSError and ``yaml.YAMLError``."""
    # Both loaders are safe ones: they make plain values and nothing else.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506


def in_force(editions: Iterable[E], *, on: date) -> E | None:
    """The edition of a day: of those that had begun (``valid_from``) the last; None before all."""
    return max((one for one in editions if _begins(one) <= on), key=_begins, default=None)


def _begins(edition: Any) -> date:
    if isinstance(edition, Mapping):
        return edition["valid_from"]  # type: ignore[no-any-return]
    return edition.valid_from  # type: ignore[no-any-return]
