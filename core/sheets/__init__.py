"""Form definitions as data, and everything that is made from them.

One definition gives the official .xlsx template, the reading of what comes back, the checks with
their cell addresses, the copy with the marked errors and the comparison of two versions.

Names are loaded on first use: the limited child process imports this package too, and must start
without Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.sheets.checks import Problem
    from core.sheets.definition import Column, DefinitionError, Form, load_form
    from core.sheets.reader import Read

_HOME = {
    "Column": "definition",
    "DefinitionError": "definition",
    "Form": "definition",
    "load_form": "definition",
    "Problem": "checks",
    "Read": "reader",
}
__all__ = ["Column", "DefinitionError", "Form", "Problem", "Read", "load_form"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"core.sheets.{_HOME[name]}"), name)
