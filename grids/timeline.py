"""Spans of time, up to but without their end: gaps and overlaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """From ``start`` on; ``end`` None: open."""

    start: datetime
    end: datetime | None = None
    what: Any = None

    @property
    def until(self) -> datetime:
        return self.end or FOREVER


def gaps(spans: Iterable[Span], *, since: datetime, until: datetime) -> list[Span]:
    """What of ``since`` to ``until`` no span covers, in order."""
    found, covered = [], since
    for span in sorted(spans, key=lambda one: one.start):
        if span.start >= until:
            break
        if span.start > covered:
            found.append(Span(covered, span.start))
        covered = max(covered, span.until)
    if covered < until:
        found.append(Span(covered, until))
    return found


def overlaps(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Neighbours of which the first has not ended when the second begins."""
    ordered = sorted(spans, key=lambda one: one.start)
    return [
        (one, other)
        for one, other in zip(ordered, ordered[1:], strict=False)
        if other.start < one.until
    ]
