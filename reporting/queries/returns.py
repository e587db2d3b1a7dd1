"""What was accepted, in the form in which indicators and roll-ups read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from accounts.models import Organisation
from reporting.models import Return


def accepted_rows(
    form_code: str, *, organisations: Iterable[Organisation], start: date, end: date
) -> Iterator[tuple[Organisation, date, str, dict[str, Any]]]:
    """(unit, first day of the period, sheet, row) of every accepted row of whole periods in a span.

    A return that is being corrected counts with the version accepted last; one that was never
    accepted does not count. Rows are in stored form: decimals as text, dates in ISO form.
    """
    entries = (
        Return.objects.accepted()
        .filter(code=form_code, organisation__in=organisations)
        .filter(period_start__gte=start, period_end__lte=end)
        .select_related("organisation", "accepted_version")
        .order_by("organisation__path", "period_start")
    )
    for entry in entries:
        assert entry.accepted_version is not None
        for sheet, rows in entry.accepted_version.rows.items():
            for row in rows:
                yield entry.organisation, entry.period_start, sheet, row
