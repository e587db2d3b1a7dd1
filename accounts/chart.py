"""The organisation chart of a unit: its levels down, their bodies, heads and staff (S2-7.1a)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Membership, Organisation, ServiceBody, ServiceSeat, User

DEEPEST, MOST_UNITS = 4, 300


@dataclass
class Box:
    """One unit in the chart."""

    unit: Organisation
    people: int
    bodies: list[tuple[ServiceBody, str]] = field(default_factory=list)
    below: list[Box] = field(default_factory=list)

    @property
    def lacks_body(self) -> bool:
        """A station works under the body of its enterprise."""
        station = self.unit.kind == Organisation.Kind.SUPPLY_STATION
        return self.unit.is_company and not station and not self.bodies


@dataclass(frozen=True)
class Chart:
    """What the page shows: the tree, and per level how many units there are and lack a body."""

    top: Box
    levels: list[tuple[str, int, int]]
    cut: bool


def chart(organisation: Organisation, user: User, *, depth: int, on: date) -> Chart:
    """Units in sight down to so many levels. A constant number of queries."""
    seen = Organisation.objects.visible_to(user).in_force()
    below = seen.filter(
        path__startswith=organisation.path, depth__lte=organisation.depth + depth
    ).exclude(pk=organisation.pk)
    found = [organisation, *below.order_by("path")[: MOST_UNITS + 1]]
    cut = len(found) > MOST_UNITS
    units = found[:MOST_UNITS]
    people = _people(units, on=on)
    boxes = {unit.path: Box(unit, people[unit.pk]) for unit in units}
    for body, head in _bodies(units):
        boxes[body.organisation.path].bodies.append((body, head))
    for path, box in boxes.items():
        above = boxes.get(path[: -Organisation.steplen])
        if above is not None and path != organisation.path:
            above.below.append(box)
    return Chart(boxes[organisation.path], _levels(boxes.values()), cut)


def _people(units: list[Organisation], *, on: date) -> Counter[int]:
    held = Membership.objects.in_force(on=on).filter(organisation__in=[one.pk for one in units])
    pairs = held.filter(user__is_active=True).order_by().values_list("organisation", "user")
    return Counter(unit for unit, _user in pairs.distinct())


def _bodies(units: list[Organisation]) -> list[tuple[ServiceBody, str]]:
    bodies = ServiceBody.objects.standing().filter(organisation__in=[one.pk for one in units])
    heads = ServiceSeat.objects.held().filter(role=ServiceSeat.Role.HEAD, body__in=bodies)
    named = dict(heads.order_by().values_list("body", "person__name"))
    return [(one, named.get(one.pk, "")) for one in bodies.select_related("organisation")]


def _levels(boxes) -> list[tuple[str, int, int]]:  # type: ignore[no-untyped-def]
    """By kind of unit, in the order of the levels: its name, how many, how many lack a body."""
    rows: dict[str, list[int]] = {}
    for box in sorted(boxes, key=lambda one: one.unit.depth):
        if box.unit.is_company:
            row = rows.setdefault(box.unit.get_kind_display(), [0, 0])
            row[0] += 1
            row[1] += box.lacks_body
    return [(str(kind), total, lacking) for kind, (total, lacking) in rows.items()]
