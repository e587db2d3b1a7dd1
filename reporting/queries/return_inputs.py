"""Numbers of indicators out of accepted returns: cells added up, and the return that each is in.

A unit that filed for the period counts with its own return; otherwise with the sum of those below
it. A month that was not accepted leaves the sum of a longer period without a value: half a year of
outages over a whole year of hours would be a lie.
For the same reason a stock of a unit that owes the period and has not filed it is not taken from
an older return: users without their outages. A sum over units says of how many it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from reporting.indicators import sources
from reporting.indicators.sources import Input, Row, Scope
from reporting.models import Return
from reporting.workflow.returns import State

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
    """Cells of a sheet that fit, added up: ``sum``, ``last``, ``count``, ``days`` or ``overdue``.

    ``own``: only what a unit filed itself, not the sum of those below it.
    ``overdue``: [day, asked, done]: what was asked and not done although its day is over.
    """
    filed = _filed(spec["form"], scope)
    owed: frozenset[str] = scope.cache.get(f"owed:{spec['form']}", frozenset())
    stock = "last" in spec or spec.get("at") == "last"
    own: dict[str, Input] = {}
    for path, entries in filed.items():
        chosen = _within(entries, scope)
        if stock and (chosen or path not in owed):
            chosen = _newest(entries)
        if chosen:
            own[path] = _added(spec, chosen)
    if spec.get("own"):
        # Beside numbers of all units below, a sum over those that happened to file would be a lie.
        return {unit.pk: own.get(unit.path, Input(None)) for unit in scope.units}
    return {unit.pk: _of(unit.path, own, owed) for unit in scope.units}


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
        asked = Return.objects.exclude(state=State.WAIVED).filter(
            code=code, period_start__gte=scope.period.first, period_end__lte=scope.period.last
        )
        paths = asked.order_by().values_list("organisation__path", flat=True)
        scope.cache[f"owed:{code}"] = frozenset(paths)
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
        part = _measure(spec, entry)(fitting)
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


def _measure(
    spec: Mapping[str, Any], entry: Filed
) -> Callable[[Iterable[Mapping[str, Any]]], Decimal]:
    """What is added up over the rows that fit."""
    if "count" in spec:
        return lambda rows: Decimal(sum(1 for _row in rows))
    if "days" in spec:
        begin, end = spec["days"]
        return lambda rows: Decimal(sum(_days(row, begin, end) for row in rows))
    if "overdue" in spec:
        due, asked, done = spec["overdue"]
        return lambda rows: sum(
            (
                _number(row.get(asked)) - _number(row.get(done))
                for row in rows
                if row.get(due) and date.fromisoformat(str(row[due])) < entry.last
            ),
            Decimal(0),
        )
    name = spec.get("sum") or spec["last"]
    return lambda rows: sum((_number(row.get(name)) for row in rows), Decimal(0))


def _number(value: Any) -> Decimal:
    """A cell in stored form; nothing written is nought."""
    return Decimal(0) if value in (None, "") else Decimal(str(value))


def _days(row: Mapping[str, Any], begin: str, end: str) -> int:
    if not row.get(begin) or not row.get(end):
        return 0
    return (date.fromisoformat(str(row[end])) - date.fromisoformat(str(row[begin]))).days


def _of(path: str, own: Mapping[str, Input], owed: frozenset[str] = frozenset()) -> Input:
    """A unit's own number, else the sum of those right below it, and so on down."""
    if path in own:
        return replace(own[path], told=1, owed=1)
    length = len(path) + Organisation.steplen
    places = [one for one in (*own, *owed) if one.startswith(path) and one != path]
    below = [_of(one, own, owed) for one in sorted({one[:length] for one in places})]
    known = [one for one in below if one.value is not None]
    asked = sum(one.owed for one in below) or int(path in owed)
    if not known:
        return Input(None, owed=asked)
    total = sum((one.value for one in known if one.value is not None), Decimal(0))
    rows = tuple(row for one in known for row in one.rows)[:MOST_ROWS]
    return Input(total, rows=rows, told=sum(one.told for one in below), owed=asked)
