"""Which required sections a plan lacks, what changed between versions, and when to drill again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

# Shorter words say nothing.
LEAST = 10


def missing(sections: Iterable[Mapping[str, str]], texts: Mapping[str, str]) -> list[str]:
    """Titles of the required sections that hold nothing worth the name."""
    return [one["title"] for one in sections if len(texts.get(one["code"], "").strip()) < LEAST]


def drill_due(last: date | None, since: date, months: int) -> date:
    """By when the next drill is to be held: so many months after the last one, or after the plan
    began; the last day of a shorter month."""
    begin = last or since
    count = begin.year * 12 + begin.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))
