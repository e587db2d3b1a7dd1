"""Disclosure items of enterprises: last published, due again when, fresh or out of date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Organisation
from reporting.models import Disclosure, DisclosureItem

# So many days before it is out of date the lamp turns.
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One item of one enterprise."""

    unit: Organisation
    item: DisclosureItem
    last: Disclosure | None
    due_on: date | None
    lamp: str


def enterprises() -> list[Organisation]:
    """Those that disclose: the provincial companies in force."""
    kind = Organisation.Kind.PROVINCIAL_COMPANY
    return list(Organisation.objects.in_force().filter(kind=kind).order_by("path"))


def lines(units: Sequence[Organisation], *, on: date) -> list[Line]:
    """Every item of every enterprise, in their order: two queries."""
    items = list(DisclosureItem.objects.in_force(on=on).order_by("order", "code"))
    newest: dict[tuple[int, str], Disclosure] = {}
    rows = (
        Disclosure.objects.standing()
        .filter(organisation__in=[one.pk for one in units], published_on__lte=on)
        .select_related("item")
    )
    for one in rows.order_by("published_on", "pk"):
        newest[one.organisation_id, one.item.code] = one
    return [
        _line(unit, item, newest.get((unit.pk, item.code)), on) for unit in units for item in items
    ]


def _line(unit: Organisation, item: DisclosureItem, last: Disclosure | None, on: date) -> Line:
    if last is None:
        return Line(unit, item, None, None, "late")
    due = last.published_on + timedelta(days=item.every_days)
    lamp = "late" if due < on else "near" if due - NEAR <= on else "ok"
    return Line(unit, item, last, due, lamp)
