"""Reading claims: lists by filters, and the rates of grids with the lists behind each number.

Source: S2-6.2.4d, S2-6.2.5a, S2-6.2.5c, S2-6.2.6b; rates as in 接诉即办: answered on time of those
dispatched, said solved and content of valid return visits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from complaints.models import CaseClock, Claim
from complaints.workflow import DONE, TICKING, ClockState, State
from core import arithmetic, clock
from core.asked import day as day_of
from grids.models import PowerGrid

if TYPE_CHECKING:
    from accounts.models import User

DAY_ONE = timedelta(days=1)
SECOND = timedelta(seconds=1)
OFTEN = 2
VIEWS: dict[str, Q] = {
    "open": ~Q(case__state__in=DONE),
    "done": Q(case__state__in=DONE),
    "unlocated": Q(grid__isnull=True) & ~Q(case__state__in=DONE),
}
CLOSED = Q(case__state__in=(State.CLOSED, State.ARCHIVED), case__closed_at__isnull=False)
WITHDRAWN = Q(case__state=State.WITHDRAWN)
CONTENT = ("content", "fairly")


def _clock(**condition: Any) -> Any:
    """Whether a claim has a clock of this kind."""
    return Exists(CaseClock.objects.filter(case=OuterRef("case"), **condition).order_by())


def _late(code: str, now: datetime) -> Q:
    """A clock that ran out, or was stopped too late."""
    running = _clock(code=code, state__in=TICKING, due_at__lt=now - SECOND)
    return Q(_clock(code=code, state=ClockState.LATE)) | Q(running)


def figures(now: datetime) -> dict[str, Q]:
    """What lists and numbers are narrowed by: one condition for both."""
    responded = Q(_clock(code="report_in", round=1, state=ClockState.MET))
    return {
        "all": ~WITHDRAWN,
        "due": ~WITHDRAWN & (responded | _late("report_in", now)),
        "responded": ~WITHDRAWN & responded,
        "visited": CLOSED & Q(visited=True),
        "solved": CLOSED & Q(visited=True, solved=True),
        "content": CLOSED & Q(visited=True, case__satisfaction__in=CONTENT),
        "closed": CLOSED,
        "inside": CLOSED & Q(left_grid=False, grid__isnull=False),
        "ended": CLOSED | Q(case__reopen_count__gt=0),
        "reopened": Q(case__reopen_count__gt=0),
        "late_handled": ~WITHDRAWN & _late("handle", now),
        "late_told": ~WITHDRAWN & _late("progress", now),
        "late_government": ~WITHDRAWN & (_late("gov_respond", now) | _late("gov_finish", now)),
        "often": Q(passes__gt=OFTEN),
        "blamed": CLOSED & Q(fault__in=(Claim.Fault.PERSON, Claim.Fault.COMPANY)),
    }


# Rate → what is counted, of what.
RATES: dict[str, tuple[Any, str, str]] = {
    "response": (_("响应率"), "responded", "due"),
    "solution": (_("解决率"), "solved", "visited"),
    "satisfaction": (_("满意率"), "content", "visited"),
    "inside": (_("网格内办结率"), "inside", "closed"),
    "reopen": (_("重办率"), "reopened", "ended"),
}
COUNTS: dict[str, Any] = {
    "late_handled": _("办结逾期"),
    "late_told": _("迟反馈"),
    "late_government": _("政府时限逾期"),
    "often": _("移交超过两次"),
    "blamed": _("有责"),
}
LABELS: dict[str, Any] = {
    "due": _("应报到的"),
    "responded": _("按时报到的"),
    "visited": _("有效回访的"),
    "solved": _("回访已解决的"),
    "content": _("回访满意的"),
    "closed": _("确认办结的"),
    "inside": _("网格内办结的"),
    "ended": _("办结过的"),
    "reopened": _("重新办理的"),
    **COUNTS,
}


@dataclass(frozen=True)
class Filters:
    """What lists and figures are asked for: a figure opens exactly the claims it counts."""

    view: str = ""
    kind: str = ""
    origin: str = ""
    state: str = ""
    unit: str = ""
    grid: str = ""
    figure: str = ""
    mine: str = ""
    text: str = ""
    # Days on which somebody whistled.
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    def narrow(self, claims: QuerySet[Claim], user: User, *, now: datetime) -> QuerySet[Claim]:
        for condition in self._conditions(user, now):
            claims = claims.filter(condition)
        return claims

    def _conditions(self, user: User, now: datetime) -> Iterator[Q]:
        columns = {"kind": "kind", "origin": "origin", "state": "case__state", "grid": "grid__code"}
        for name, column in columns.items():
            if value := getattr(self, name):
                yield Q(**{column: value})
        if self.view in VIEWS:
            yield VIEWS[self.view]
        if self.unit:
            yield _below(self.unit)
        if self.figure and (condition := figures(now).get(self.figure)) is not None:
            yield condition
        if self.mine:
            yield Q(case__responsible=user) | Q(officer=user)
        if self.text:
            yield Q(case__number__icontains=self.text) | Q(external_number=self.text)
        if first := day_of(self.since):
            yield Q(case__received_at__gte=clock.at(first))
        if last := day_of(self.until):
            yield Q(case__received_at__lt=clock.at(last + DAY_ONE))

    @property
    def asked(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def with_(self, **changes: str) -> Filters:
        return replace(self, **changes)

    def url(self, **changes: str) -> str:
        """The list of exactly these claims."""
        return f"{reverse('complaints:claims')}?{urlencode(replace(self, **changes).asked)}"


def _below(code: str) -> Q:
    path = Organisation.objects.filter(code=code).order_by().values_list("path", flat=True).first()
    return Q(pk__in=()) if path is None else Q(case__holder__path__startswith=path)


# --- Figures --------------------------------------------------------------------------------------


@dataclass
class Line:
    """Claims of a period of one grid or unit, counted."""

    label: Any
    filters: Filters
    counts: dict[str, int] = field(default_factory=dict)

    def rate(self, name: str) -> Decimal | None:
        """Per cent; None where there is nothing to count."""
        _label, part, whole = RATES[name]
        return arithmetic.share(self.counts.get(part, 0), self.counts.get(whole, 0))


def whole(user: User, filters: Filters, *, now: datetime) -> Line:
    """All of them in one line."""
    rows = filters.narrow(Claim.objects.visible_to(user), user, now=now).order_by()
    line = Line("", filters)
    for name, condition in figures(now).items():
        line.counts[name] = rows.filter(condition).count()
    return line


def by_grid(user: User, filters: Filters, *, now: datetime) -> list[Line]:
    """A line for each power grid, in the order of codes."""
    found = _grouped(user, filters, "grid", now=now)
    grids = PowerGrid.objects.in_bulk([pk for pk in found if pk])
    lines = [
        Line(grids[pk], filters.with_(grid=grids[pk].code), counts)
        for pk, counts in found.items()
        if pk
    ]
    return sorted(lines, key=lambda line: (line.filters.grid, line.label.pk))


def by_unit(user: User, filters: Filters, *, now: datetime) -> list[Line]:
    """A line for each unit that has or had them, the units below others after them."""
    found = _grouped(user, filters, "case__holder", now=now)
    units = Organisation.objects.in_bulk(list(found))
    lines = [
        (units[pk].path, Line(units[pk], filters.with_(unit=units[pk].code), counts))
        for pk, counts in found.items()
    ]
    return [line for _path, line in sorted(lines, key=lambda pair: pair[0])]


def _grouped(
    user: User, filters: Filters, column: str, *, now: datetime
) -> dict[Any, dict[str, int]]:
    rows = filters.narrow(Claim.objects.visible_to(user), user, now=now).order_by()
    found: dict[Any, dict[str, int]] = {}
    for name, condition in figures(now).items():
        counted = rows.filter(condition).values(column).annotate(n=Count("pk"))
        for key, n in counted.values_list(column, "n"):
            found.setdefault(key, {})[name] = n
    return found
