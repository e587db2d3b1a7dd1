"""Workbooks of shortage as forms of ``core.sheets``: defined in ``catalogue/sheets``, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.sheets import Form, load_form

HOME = Path(__file__).parent / "catalogue" / "sheets"


@cache
def form(name: str) -> Form:
    """A definition by the name of its file: forecasts, executions."""
    return load_form(HOME / f"{name}.yaml")
