"""Many cases under one line or transformer area at one time: what may be one event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.matching.rules import Rules
from complaints.models import Case, IncidentMember
from complaints.services.incidents import MATTERS, MOST
from complaints.workflow import DONE, REPORT
from core import clock

# So many suggestions on the page; the biggest first.
SHOWN = 20
FIELDS = ("transformer_area", "feeder")


@dataclass(frozen=True)
class Cluster:
    """Cases of one kind at one place within a short time."""

    field: str
    place: str
    matter: str
    count: int
    first: datetime
    last: datetime

    @property
    def key(self) -> str:
        """What the page sends back to name it."""
        return f"{self.matter}:{self.field}:{self.place}"

    @property
    def title(self) -> str:
        words = {"place": self.place, "day": f"{self.first.astimezone(clock.ZONE):%Y-%m-%d}"}
        if self.matter == "outage":
            return _("%(place)s停电（%(day)s）") % words
        return _("%(place)s电压异常（%(day)s）") % words


def clusters(user: User, rules: Rules, *, now: datetime) -> list[Cluster]:
    """Suggestions in sight, the biggest first. A place below a line is told before the line."""
    found: dict[str, Cluster] = {}
    for matter in MATTERS:
        for field in FIELDS:
            for one in _grouped(user, rules, matter, field, now=now):
                found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda one: (-one.count, one.key))[:SHOWN]


def cases_of(key: str, user: User, rules: Rules, *, now: datetime) -> list[Case]:
    """The cases that a suggestion stands for now; none where the key names nothing."""
    matter, field, place = (*key.split(":", 2), "", "")[:3]
    if matter not in MATTERS or field not in FIELDS or not place:
        return []
    free = _free(user, rules, matter, field, now=now).filter(**{field: place})
    return list(free.select_related("holder", "organisation").order_by("received_at", "pk")[:MOST])


def _free(user: User, rules: Rules, matter: str, field: str, *, now: datetime) -> QuerySet[Case]:
    """Open cases of late that stand in no event; under a line only those without a place below."""
    categories = next(one.categories for one in rules.matters if one.code == matter)
    taken = IncidentMember.objects.filter(state=IncidentMember.State.CONFIRMED).order_by()
    cases = Case.objects.visible_to(user).filter(
        category__in=categories,
        received_at__gte=now - timedelta(hours=rules.incident["look_back_hours"]),
    )
    free = cases.exclude(state__in=DONE).exclude(nature=REPORT).exclude(**{field: ""})
    free = free.exclude(pk__in=taken.values("case"))
    return free.filter(transformer_area="") if field == "feeder" else free


def _grouped(
    user: User, rules: Rules, matter: str, field: str, *, now: datetime
) -> Iterator[Cluster]:
    rows = (
        _free(user, rules, matter, field, now=now)
        .order_by()
        .values(field)
        .annotate(count=Count("pk"), first=Min("received_at"), last=Max("received_at"))
        .filter(count__gte=rules.incident["members"])
        .order_by("-count")[:SHOWN]
    )
    for row in rows:
        yield Cluster(field, row[field], matter, row["count"], row["first"], row["last"])
