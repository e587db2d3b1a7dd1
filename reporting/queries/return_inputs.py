"""Numbers of indicators out of accepted returns: cells added up, and the return that each is in.

A unit that filed for the period counts with its own return; otherwise with the sum of those below
it. A month that was not accepted leaves the sum of a longer period without a value: half a year of
outages over a whole year of hours would be a lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from reporting.indicators import sources
from reporting.indicators.sources import Input, Row, Scope
from reporting.models import Return

# A stock (users, points) is told by the last return of at most so many days before.
FRESH = timedelta(days=400)
MOST_ROWS = 200
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True)
class Filed:
    """One accepted return."""

    pk: int
    path: str
    unit: str
    title: str
    every: str
    version: int
    first: date
    last: date
    sheets: Mapping[str, Sequence[Mapping[str, Any]]]


@sources.register("returns")
def returns(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Cells of a sheet that fit, added up: ``sum``, ``last``, ``count`` or ``days``."""
    filed = _filed(spec["form"], scope)
    stock = "last" in spec or spec.get("at") == "last"
    own: dict[str, Input] = {}
    for path, entries in filed.items():
        chosen = _newest(entries) if stock else _within(entries, scope)
        if chosen:
            own[path] = _added(spec, chosen)
    return {unit.pk: _of(unit.path, own) for unit in scope.units}


def _filed(code: str, scope: Scope) -> dict[str, list[Filed]]:
    """Accepted returns of a form up to the end of the period, by unit, the oldest first."""
    key = f"returns:{code}"
    if key not in scope.cache:
        rows = (
            Return.objects.accepted()
            .filter(code=code, period_end__lte=scope.period.last)
            .filter(period_start__gte=scope.period.first - FRESH)
            .select_related("organisation", "accepted_version", "form")
            .order_by("period_start", "pk")
        )
        found: dict[str, list[Filed]] = {}
        for one in rows:
            found.setdefault(one.organisation.path, []).append(_read(one))
        scope.cache[key] = found
    return scope.cache[key]


def _read(one: Return) -> Filed:
    version = one.accepted_version
    assert version is not None
    return Filed(
        one.pk,
        one.organisation.path,
        str(one.organisation),
        one.form.title,
        one.form.content.get("every", ""),
        version.number,
        one.period_start,
        one.period_end,
        version.rows,
    )


def _newest(entries: Sequence[Filed]) -> list[Filed]:
    return [entries[-1]]


def _within(entries: Sequence[Filed], scope: Scope) -> list[Filed]:
    """Those of the period; none where one of its months is missing."""
    chosen = [one for one in entries if one.first >= scope.period.first]
    if not chosen:
        return []
    months = MONTHS.get(chosen[0].every)
    if months and len(chosen) * months < scope.period.months:
        return []
    return chosen


def _added(spec: Mapping[str, Any], entries: Sequence[Filed]) -> Input:
    total, traced = Decimal(0), []
    for entry in entries:
        fitting = [one for one in entry.sheets.get(spec["sheet"]) or () if _fits(spec, one)]
        part = _measure(spec)(fitting)
        total += part
        words = {
            "unit": entry.unit,
            "first": entry.first,
            "last": entry.last,
            "title": entry.title,
            "version": entry.version,
            "n": len(fitting),
        }
        place = _("%(unit)s %(first)s至%(last)s %(title)s第%(version)d版，%(n)d行") % words
        traced.append(Row(place, format(part, "f"), reverse("reporting:return", args=[entry.pk])))
    return Input(total, rows=tuple(traced[:MOST_ROWS]))


def _fits(spec: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    for name, wanted in spec.get("where", {}).items():
        if row.get(name) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    filled = spec.get("filled")
    return not filled or row.get(filled) not in (None, "")


def _measure(spec: Mapping[str, Any]) -> Callable[[Iterable[Mapping[str, Any]]], Decimal]:
    """What is added up over the rows that fit."""
    if "count" in spec:
        return lambda rows: Decimal(sum(1 for _row in rows))
    if "days" in spec:
        begin, end = spec["days"]
        return lambda rows: Decimal(sum(_days(row, begin, end) for row in rows))
    name = spec.get("sum") or spec["last"]
    return lambda rows: sum((_number(row.get(name)) for row in rows), Decimal(0))


def _number(value: Any) -> Decimal:
    """A cell in stored form; nothing written is nought."""
    return Decimal(0) if value in (None, "") else Decimal(str(value))


def _days(row: Mapping[str, Any], begin: str, end: str) -> int:
    if not row.get(begin) or not row.get(end):
        return 0
    return (date.fromisoformat(str(row[end])) - date.fromisoformat(str(row[begin]))).days


def _of(path: str, own: Mapping[str, Input]) -> Input:
    """A unit's own number, else the sum of those right below it, and so on down."""
    if path in own:
        return own[path]
    length = len(path) + Organisation.steplen
    below = sorted({one[:length] for one in own if one.startswith(path)})
    known = [one for one in (_of(one, own) for one in below) if one.value is not None]
    if not known:
        return Input(None)
    total = sum((one.value for one in known if one.value is not None), Decimal(0))
    return Input(total, rows=tuple(row for one in known for row in one.rows)[:MOST_ROWS])
