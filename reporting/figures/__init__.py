"""The figures of a phase: what each is called and which rows it counts.

A figure is never a number that somebody computed: it is the length of a list, and the page that a
number opens shows that very list. Source of what is counted: campaign plan 五(一)3 (S1-5.1.3c–g).
"""

from reporting.figures import companies, contents  # noqa: F401 (they fill the catalogue)
from reporting.figures.gaps import gaps
from reporting.figures.scope import (
    CATALOGUE,
    COUNTED_STATES,
    Figure,
    Rate,
    Row,
    Scope,
    province_of,
    take,
)

__all__ = [
    "CATALOGUE",
    "COUNTED_STATES",
    "Figure",
    "Rate",
    "Row",
    "Scope",
    "gaps",
    "province_of",
    "take",
]
