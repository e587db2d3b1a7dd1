"""Reading the rectification ledger: filters, tabs, and how old what is open has become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from campaign.models import RectificationItem
from campaign.rectification_workflow import TO_DO, UNFINISHED, ItemState
from core import clock

RELATED = ("unit", "regulator", "responsible_unit", "responsible_person", "campaign")
TABS = ("todo", "overdue", "check", "look_back", "closed", "all")
VIEWS = (*TABS, "in_time", "withdrawn", "ageing", "sources")
# Days that an item is overdue, from and to (both inclusive); the last one is open.
AGES: dict[str, tuple[int, int | None]] = {
    "d30": (1, 30),
    "d60": (31, 60),
    "over": (61, None),
}


@dataclass(frozen=True)
class Filters:
    """What a list is asked for: a figure opens exactly the items that it counts."""

    view: str = ""
    unit: str = ""
    # The regulators that watch over the items, by code: an office's own beside what it sees of its
    # subordinates (several with commas, where one took over another).
    office: str = ""
    source: str = ""
    campaign: str = ""
    state: str = ""
    # Of the overdue: since how long.
    age: str = ""
    reopened: str = ""
    # The tag 民生: those first, or those alone (S1-1.1.1).
    livelihood: str = ""
    text: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    @property
    def shown(self) -> str:
        return self.view if self.view in VIEWS else "todo"

    def query(self, **changes: str) -> str:
        asked = {one.name: getattr(self, one.name) for one in fields(self)} | changes
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def but_unit(self) -> str:
        """What a figure of one unit hands on to its list: every other filter."""
        return self._besides(unit="")

    @property
    def but_source(self) -> str:
        """What a figure of one source hands on to its list: every other filter."""
        return self._besides(source="")

    def _besides(self, **out: str) -> str:
        rest = self.query(view="", age="", **out).removeprefix("?")
        return f"&{rest}" if rest else ""

    def narrow(self, items: QuerySet[RectificationItem]) -> QuerySet[RectificationItem]:
        """By everything but the view."""
        if self.unit:
            items = items.filter(unit__code=self.unit)
        if self.office:
            items = items.filter(regulator__code__in=self.office.split(","))
        if self.source in RectificationItem.Source.values:
            items = items.filter(source_kind=self.source)
        if self.campaign.isascii() and self.campaign.isdigit() and len(self.campaign) < 10:
            items = items.filter(campaign=int(self.campaign))
        if self.state in ItemState.values:
            items = items.filter(state=self.state)
        if self.livelihood == "only":
            items = items.filter(livelihood_tag__tagged=True)
        if self.reopened:
            items = items.filter(reopen_count__gt=0)
        if self.text:
            words = Q(number__icontains=self.text) | Q(problem__icontains=self.text)
            items = items.filter(words | Q(source_ref__icontains=self.text))
        return items

    @property
    def order(self) -> tuple[str, ...]:
        """How a list of these stands."""
        return (*(("-livelihood",) if self.livelihood == "first" else ()), "due_at", "pk")

    def aged(
        self, items: QuerySet[RectificationItem], *, now: datetime
    ) -> QuerySet[RectificationItem]:
        return items.filter(age_condition(self.age, now=now)) if self.age in AGES else items


def in_view(view: str, *, now: datetime) -> Q:
    """The condition of a tab."""
    late = Q(state__in=TO_DO, due_at__lt=now)
    conditions = {
        "todo": Q(state__in=UNFINISHED),
        "overdue": late,
        "check": Q(state__in=(ItemState.REPORTED, ItemState.VERIFIED)),
        "look_back": Q(
            state=ItemState.CLOSED, look_back_due_at__lte=now, looked_back_at__isnull=True
        ),
        "closed": Q(state=ItemState.CLOSED),
        "in_time": Q(state__in=TO_DO, due_at__gte=now),
        "withdrawn": Q(state=ItemState.WITHDRAWN),
    }
    return conditions.get(view, Q())


def age_condition(age: str, *, now: datetime) -> Q:
    """Overdue since so many days, the day after the deadline being the first."""
    least, most = AGES[age]
    today = clock.day_of(now)
    condition = Q(state__in=TO_DO, due_at__lt=now)
    condition &= Q(due_at__lt=clock.at(today - timedelta(days=least - 1)))
    if most is not None:
        condition &= Q(due_at__gte=clock.at(today - timedelta(days=most)))
    return condition


def counts(items: QuerySet[RectificationItem], *, now: datetime) -> dict[str, int]:
    """How many stand in each tab."""
    told = {view: Count("pk", filter=in_view(view, now=now)) for view in TABS if view != "all"}
    return items.order_by().aggregate(**told, all=Count("pk"))


@dataclass(frozen=True)
class AgeRow:
    """One line of a table, of a unit or a source; ``cells``: (figure, rest of address, number)."""

    code: str
    name: str
    cells: list[tuple[str, str, int]]


def _ages(now: datetime) -> dict[str, Any]:
    """All, in time, overdue by age, waiting for a check, written off, withdrawn."""
    return {
        "total": Count("pk"),
        "in_time": Count("pk", filter=in_view("in_time", now=now)),
        **{age: Count("pk", filter=age_condition(age, now=now)) for age in AGES},
        "check": Count("pk", filter=in_view("check", now=now)),
        "done": Count("pk", filter=in_view("closed", now=now)),
        "gone": Count("pk", filter=in_view("withdrawn", now=now)),
    }


def ageing(items: QuerySet[RectificationItem], *, now: datetime) -> list[AgeRow]:
    """The table of ages by unit."""
    told = _ages(now)
    rows = items.order_by().values("unit__code", "unit__name", "unit__path").annotate(**told)
    return [
        AgeRow(
            row["unit__code"],
            row["unit__name"],
            [(name, _opens(name), row[name]) for name in told],
        )
        for row in rows.order_by("unit__path")
    ]


def by_source(items: QuerySet[RectificationItem], *, now: datetime) -> list[AgeRow]:
    """The same by source, before it what is not written off; every source has its line."""
    told = {"left": Count("pk", filter=in_view("todo", now=now)), **_ages(now)}
    rows = items.order_by().values("source_kind").annotate(**told).order_by()
    found = {row["source_kind"]: row for row in rows}
    return [
        AgeRow(
            code,
            str(label),
            [(name, _opens(name), found.get(code, {}).get(name, 0)) for name in told],
        )
        for code, label in RectificationItem.Source.choices
    ]


def _opens(name: str) -> str:
    """The rest of the address that opens what a figure counts."""
    if name in AGES:
        return f"view=overdue&age={name}"
    named = {"left": "todo", "total": "all", "done": "closed", "gone": "withdrawn"}
    return f"view={named.get(name, name)}"


def age_labels() -> list[str]:
    return [
        _("合计"),
        _("期限内"),
        _("逾期1至30日"),
        _("逾期31至60日"),
        _("逾期60日以上"),
        _("待核查、待销号"),
        _("已销号"),
        _("已撤销"),
    ]
