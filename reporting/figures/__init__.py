"""The figures of a phase: what each is called and which rows it counts.

A figure is never a number that somebody computed: it is the length of a list, or the sum of one of
its columns, and the page that a number opens shows that very list. Source of what is counted:
campaign plan 五(一)3 (S1-5.1.3c–g), 五(二) to 五(四).
"""

# They fill the catalogue.
from reporting.figures import companies, contents, ground, matters, results, territory  # noqa: F401
from reporting.figures.gaps import gap, gaps, undelivered
from reporting.figures.scope import (
    CATALOGUE,
    COUNTED_STATES,
    Figure,
    Rate,
    Row,
    Scope,
    added,
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
    "added",
    "gap",
    "gaps",
    "province_of",
    "take",
    "undelivered",
]
