"""Return visits (回访): whom to call, who was reached, how content they were, by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Case, Procedure, ReturnVisit, Term, VisitShare
from complaints.procedures import definition_of
from complaints.scope import units_below
from complaints.workflow import Act
from core import clock

# After so long nobody is called any more; so often a person is tried.
WINDOW = timedelta(days=60)
TRIES = 3
UNREACHABLE = "unreachable"
CONTENT = ("content", "fairly")
# Where each case stands in a sample: the first eight hexadecimal digits of its digest.
DIGITS = 8


def to_call(user: User, *, now: datetime) -> Any:
    """Cases about which the person has to ask: in the sample, or with a running clock."""
    due = Q(satisfaction="") | Q(satisfaction=UNREACHABLE, tries__lt=TRIES)
    chosen = Q(pk__in=())
    for place in workplaces(user, Permission.CASE_DECIDE):
        chosen |= _chosen(place)
    fresh = Q(closed_at__isnull=True) | Q(closed_at__gte=now - WINDOW)
    seen = Case.objects.visible_to(user).annotate(tries=Count("return_visits", distinct=True))
    return seen.filter(_may_be_visited(), chosen, due, fresh)


def _may_be_visited() -> Q:
    """In a state in which the procedure knows a return visit."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for procedure in Procedure.objects.order_by("pk"):
        move = definition_of(procedure).moves.get(Act.VISIT)
        if move is not None:
            groups[move.sources].append(procedure.pk)
    condition = Q(pk__in=())
    for states, pks in groups.items():
        condition |= Q(procedure__in=pks, state__in=states)
    return condition


def _chosen(place: Organisation) -> Q:
    """Cases of a place that fall into its sample, or for which a clock of the visit runs."""
    ours = Q(owner__in=units_below(place) if place.is_company else [place.pk])
    running = Q(clocks__code="visit", clocks__state="running")
    sampled, until = Q(pk__in=()), None
    for share in reversed(shares(place)):
        start = clock.at(share.valid_from)
        period = Q(received_at__gte=start)
        if until is not None:
            period &= Q(received_at__lt=until)
        sampled |= period & _in_sample(share.share)
        until = start
    # Something that is always true: an empty condition would vanish from the alternatives.
    before = Q(received_at__lt=until) if until is not None else Q(pk__gt=0)
    return ours & (running | sampled | before)


def _in_sample(share: int) -> Q:
    """Every case draws its own lot: digests are even, and nobody chooses them."""
    if share >= 100:
        return Q()
    return Q(digest__lt=f"{16**DIGITS * share // 100:0{DIGITS}x}")


def shares(place: Organisation) -> list[VisitShare]:
    """The rules of a place, the oldest first."""
    return list(VisitShare.objects.filter(organisation=place).order_by("valid_from"))


def share_on(place: Organisation, day: date) -> int:
    """How many of a hundred cases received on a day are called back."""
    found = [one.share for one in shares(place) if one.valid_from <= day]
    return found[-1] if found else 100


# --- What came of it ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included."""

    since: date
    until: date

    @classmethod
    def of(cls, since: date | None, until: date | None, *, today: date) -> Period:
        """The days asked for; without them the month so far."""
        first = since or (until or today).replace(day=1)
        last = until or max(today, first)
        return cls(min(first, last), max(first, last))

    def on(self, visits: Any) -> Any:
        end = clock.at(self.until + timedelta(days=1))
        return visits.filter(at__gte=clock.at(self.since), at__lt=end)


def last_of_each(visits: Any) -> Any:
    """Of several visits to one case only the last counts."""
    newest = visits.model._base_manager.filter(case=OuterRef("case"), pk__in=visits.values("pk"))
    return visits.filter(pk=Subquery(newest.order_by("-at", "-pk").values("pk")[:1]))


RESULTS = ("reached", "unreached", "satisfied")


def with_result(visits: Any, result: str) -> Any:
    """Those of a result: reached or not, satisfied, or one term of satisfaction."""
    match result:
        case "":
            return visits
        case "reached":
            return visits.filter(reached=True)
        case "unreached":
            return visits.filter(reached=False)
        case "satisfied":
            return visits.filter(reached=True, satisfaction__in=CONTENT)
    return visits.filter(reached=True, satisfaction=result)


@dataclass
class Rates:
    """Return visits of one unit: cases called, reached, and how content they were."""

    code: str
    name: str
    all: int = 0
    reached: int = 0
    by_term: dict[str, int] = field(default_factory=dict)

    @property
    def unreached(self) -> int:
        return self.all - self.reached

    @property
    def satisfied(self) -> int:
        return sum(self.by_term.get(code, 0) for code in CONTENT)

    @property
    def reached_share(self) -> str:
        return percent(self.reached, self.all)

    @property
    def satisfied_share(self) -> str:
        """Of those who were reached."""
        return percent(self.satisfied, self.reached)


def percent(part: int, whole: int) -> str:
    """One decimal, half up; a dash where there is nothing to divide."""
    if not whole:
        return "—"
    thousandths = (2000 * part + whole) // (2 * whole)
    return f"{thousandths // 10}.{thousandths % 10}%"


def rates(visits: Any) -> list[Rates]:
    """By unit that handled the case, by code; the sum of all first."""
    total = Rates("", _("合计"))
    units: dict[str, Rates] = {}
    grouped = visits.order_by().values(
        "case__holder__code", "case__holder__name", "reached", "satisfaction"
    )
    for row in grouped.annotate(count=Count("pk")):
        code = row["case__holder__code"]
        unit = units.setdefault(code, Rates(code, row["case__holder__name"]))
        for one in (unit, total):
            one.all += row["count"]
            if row["reached"]:
                one.reached += row["count"]
                term = row["satisfaction"]
                one.by_term[term] = one.by_term.get(term, 0) + row["count"]
    return [total, *(units[code] for code in sorted(units))]


def terms(day: date) -> Iterator[tuple[str, str]]:
    """Satisfaction of those who were reached: code and label."""
    for term in Term.objects.of("satisfaction").on(day):
        if term.code != UNREACHABLE:
            yield term.code, term.shown


def visits_of(user: User) -> Any:
    """All return visits in sight."""
    related = ("case__holder", "case__owner", "by")
    return ReturnVisit.objects.visible_to(user).select_related(*related)
