"""Catalogues and rules as they stand in YAML files.

libyaml reads them where PyYAML was built with it: about ten times as fast, which the start of every
process and every new database pays for. Otherwise PyYAML's own safe loader reads the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    """The content of a file. Raises OSError and ``yaml.YAMLError``."""
    # Both loaders are safe ones: they make plain values and nothing else.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506
