"""How much of a plan can be called at once: its rows have hours and days of the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reporting.plans.row_checks import TIME

DAY = 24 * 60
Span = tuple[int, int]
# Order of the grade, rest day, from and to → kW.
Bands = Mapping[tuple[int, str, str, str], int]


def minute(text: str) -> int:
    """480 of 08:00."""
    return int(text[:2]) * 60 + int(text[3:])


def spans(begin: str, end: str) -> list[Span]:
    """Minutes of a day from one time to another, in two parts over midnight.

    What is no time is told elsewhere, and counts for the whole day here.
    """
    if not (TIME.fullmatch(begin) and TIME.fullmatch(end)):
        return [(0, DAY)]
    first, last = minute(begin), minute(end)
    return [(first, last)] if first < last else [(first, DAY), (0, last)]


def at_once(
    bands: Bands, *, orders: Sequence[int], days: Sequence[str], hours: tuple[str, str] | None
) -> int:
    """kW of the rows of these orders that can be called at once, on the worst day of the week.

    In the ``hours`` the least of any moment; without hours the most of any moment. A row with a
    rest day counts on that day alone.
    """
    rows = [
        (day if day in days else "", span, kw)
        for (order, day, begin, end), kw in bands.items()
        if order in orders
        for span in spans(begin, end)
    ]
    wanted = spans(*hours) if hours else [(0, DAY)]
    edges = {edge for span in wanted for edge in span}
    edges |= {edge for _day, span, _kw in rows for edge in span}
    moments = sorted(e for e in edges if any(a <= e < b for a, b in wanted))
    worst = []
    for day in days if any(day for day, _span, _kw in rows) else ("",):
        todays = [(span, kw) for own, span, kw in rows if own in ("", day)]
        loads = [sum(kw for (a, b), kw in todays if a <= at < b) for at in moments]
        worst.append(min(loads) if hours else max(loads))
    return min(worst)
