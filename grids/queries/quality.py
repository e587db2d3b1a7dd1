"""Reading the quality of archives: problems and tasks by filters, accuracy by rule and by sample,
risks with their trend. Every number opens the list that it was counted from.

Source: grid standard 5.5.1, 5.5.2 (S2-5.5.1c, S2-5.5.2a, S2-5.5.2b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import Organisation
from core import arithmetic, clock
from core.asked import day as day_of
from grids.models import (
    AccuracySample,
    ArchiveRecord,
    DataProblem,
    FixTask,
    QualityCheck,
    SampleItem,
)
from grids.queries.sharing import number_of
from grids.sharing import quality
from grids.sharing.moves import TaskState

if TYPE_CHECKING:
    from accounts.models import User

DAY = timedelta(days=1)
MONTHS = 12
VIEWS = {
    "open": Q(closed_at__isnull=True),
    "closed": Q(closed_at__isnull=False, end__isnull=True),
    # Not mended: the rule does not count any more.
    "ended": Q(end__isnull=False),
}


@dataclass(frozen=True)
class Filters:
    """What lists of problems are asked for: a figure opens exactly the problems it counts."""

    view: str = ""
    rule: str = ""
    unit: str = ""
    task: str = ""
    # "no": in no task yet.
    given: str = ""
    # Problems that stood at the end of a day.
    standing: str = ""
    since: str = ""
    until: str = ""
    closed_since: str = ""
    closed_until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    @property
    def asked(self) -> dict[str, str]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if value}

    def with_(self, **more: str) -> Filters:
        return replace(self, **more)

    def url(self, **more: str) -> str:
        return f"{reverse('grids:problems')}?{urlencode(replace(self, **more).asked)}"

    def problems(self, user: User) -> Any:
        rows = DataProblem.objects.visible_to(user)
        if self.view in VIEWS:
            rows = rows.filter(VIEWS[self.view])
        if self.rule:
            rows = rows.filter(rule=self.rule)
        if self.unit:
            rows = rows.filter(_below(self.unit))
        if self.task:
            rows = rows.filter(task=number_of(self.task))
        if self.given == "no":
            rows = rows.filter(task__isnull=True)
        if day := day_of(self.standing):
            end = clock.at(day + DAY)
            still = Q(closed_at__isnull=True) | Q(closed_at__gte=end)
            rows = rows.filter(still, found_at__lt=end)
        rows = _days(rows, "found_at", self.since, self.until)
        return _days(rows, "closed_at", self.closed_since, self.closed_until)


def _below(code: str) -> Q:
    path = Organisation.objects.filter(code=code).values_list("path", flat=True).first()
    return Q(organisation__path__startswith=path or "-")


def _days(rows: Any, column: str, since: str, until: str) -> Any:
    if day := day_of(since):
        rows = rows.filter(**{f"{column}__gte": clock.at(day)})
    if day := day_of(until):
        rows = rows.filter(**{f"{column}__lt": clock.at(day + DAY)})
    return rows


# --- Accuracy by rule -----------------------------------------------------------------------------


@dataclass(frozen=True)
class ByRule:
    """What a rule said of the archives at the last check."""

    rule: quality.Rule
    looked: int
    passed: int
    failed_url: str

    @property
    def failed(self) -> int:
        return self.looked - self.passed

    @property
    def rate(self) -> Decimal | None:
        return arithmetic.share(self.passed, self.looked)


def last_checks(user: User) -> list[QualityCheck]:
    """The last check of every enterprise in sight that has archives."""
    seen = ArchiveRecord.objects.visible_to(user).order_by().values("enterprise")
    rows = QualityCheck.objects.filter(enterprise__in=seen).select_related("enterprise")
    found: dict[int, QualityCheck] = {}
    for one in rows.order_by("at", "pk"):
        found[one.enterprise_id] = one
    return sorted(found.values(), key=lambda one: one.enterprise.code)


def by_rule(check: QualityCheck) -> list[ByRule]:
    """Accuracy rule by rule: what stood when the check was over opens behind the failures."""
    day = clock.day_of(check.at)
    rules = quality.rules(on=day)
    found = []
    for code, (looked, passed) in check.results.items():
        if code in rules:
            url = Filters(view="open", rule=code, unit=check.enterprise.code).url()
            found.append(ByRule(rules[code], looked, passed, url))
    return found


# --- Risks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Risk:
    """Open problems of one rule in one unit."""

    rule: quality.Rule
    unit: Organisation
    open: int
    ungiven: int
    late: int
    url: str
    ungiven_url: str
    late_url: str


def risks(user: User, *, now: datetime) -> list[Risk]:
    """What stands open, by rule and unit, risks first, the most first."""
    rules = quality.rules(on=clock.day_of(now))
    rows = DataProblem.objects.visible_to(user).filter(closed_at__isnull=True).order_by()
    late = Q(task__due_at__lt=now - timedelta(seconds=1))
    counted = rows.values("rule", "organisation").annotate(
        n=Count("pk"),
        ungiven=Count("pk", filter=Q(task__isnull=True)),
        late=Count("task", filter=late, distinct=True),
    )
    units = Organisation.objects.in_bulk({row["organisation"] for row in counted})
    found = []
    for row in counted:
        if row["rule"] not in rules:
            continue
        unit = units[row["organisation"]]
        asked = Filters(view="open", rule=row["rule"], unit=unit.code)
        tasks = {"rule": row["rule"], "unit": unit.code, "view": "late"}
        found.append(
            Risk(
                rule=rules[row["rule"]],
                unit=unit,
                open=row["n"],
                ungiven=row["ungiven"],
                late=row["late"],
                url=asked.url(),
                ungiven_url=asked.url(given="no"),
                late_url=f"{reverse('grids:fix_tasks')}?{urlencode(tasks)}",
            )
        )
    return sorted(found, key=lambda one: (not one.rule.risk, -one.open, one.unit.code))


@dataclass(frozen=True)
class Month:
    """Problems of one month: found, mended, ended with their rule; those that stood at its end."""

    first: date
    last: date
    opened: int
    closed: int
    ended: int
    standing: int
    filters: Filters

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def opened_url(self) -> str:
        return self.filters.url(since=str(self.first), until=str(self.last))

    @property
    def closed_url(self) -> str:
        return self._closed_url("closed")

    @property
    def ended_url(self) -> str:
        return self._closed_url("ended")

    def _closed_url(self, view: str) -> str:
        days = {"closed_since": str(self.first), "closed_until": str(self.last)}
        return self.filters.url(view=view, **days)

    @property
    def standing_url(self) -> str:
        return self.filters.url(standing=str(self.last))


def trend(user: User, filters: Filters, *, on: date) -> list[Month]:
    """The last months of problems that fit, up to the present one."""
    filters = Filters(rule=filters.rule, unit=filters.unit)
    opened, closed, ended = Counter[date](), Counter[date](), Counter[date]()
    rows = filters.problems(user).order_by().values_list("found_at", "closed_at", "end")
    for found_at, closed_at, end in rows.iterator():
        opened[_month(found_at)] += 1
        if closed_at is not None:
            (closed if end is None else ended)[_month(closed_at)] += 1
    months = [on.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - DAY).replace(day=1))
    found: list[Month] = []
    for first in reversed(months):
        following = (first + timedelta(days=32)).replace(day=1)
        begun = sum(n for month, n in opened.items() if month <= first)
        over = sum(n for month, n in (closed + ended).items() if month <= first)
        last = min(following - DAY, on)
        counts = (opened[first], closed[first], ended[first], begun - over)
        found.append(Month(first, last, *counts, filters))
    return found


def _month(moment: datetime) -> date:
    return clock.day_of(moment).replace(day=1)


# --- Tasks and samples ----------------------------------------------------------------------------


def tasks(user: User, params: Mapping[str, str], *, now: datetime) -> Any:
    """Fix tasks in sight: open, late or closed ones; of a rule, of a unit."""
    rows = FixTask.objects.visible_to(user)
    view = params.get("view", "")
    if view in ("open", "late"):
        rows = rows.filter(state=TaskState.OPEN)
    if view == "late":
        rows = rows.filter(due_at__lt=now - timedelta(seconds=1))
    if view == "closed":
        rows = rows.filter(state=TaskState.CLOSED)
    if rule := params.get("rule", "")[:40]:
        rows = rows.filter(rule=rule)
    if unit := params.get("unit", "")[:40]:
        rows = rows.filter(_below(unit))
    return rows


@dataclass(frozen=True)
class BySample:
    """What people found right of one field in a sample; only what was judged counts."""

    field: str
    judged: int
    right: int

    @property
    def wrong(self) -> int:
        return self.judged - self.right

    @property
    def rate(self) -> Decimal | None:
        return arithmetic.share(self.right, self.judged)


def by_sample(sample: AccuracySample) -> list[BySample]:
    """Field by field, the whole at the end."""
    rows = SampleItem.objects.filter(sample=sample, judged_at__isnull=False)
    answers = list(rows.values_list("answers", flat=True))
    found = [
        BySample(name, len(answers), sum(bool(one.get(name)) for one in answers))
        for name in sample.fields
    ]
    whole = BySample("", sum(one.judged for one in found), sum(one.right for one in found))
    return [*found, whole]
