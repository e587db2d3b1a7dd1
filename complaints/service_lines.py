"""What the pages of hotlines read: each with its last return, judged by standards of its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Hotline, HotlineReturn, HotlineStandard

Figure = HotlineStandard.Figure
CLOSED, UNFILED, SHORT, MET = "closed", "unfiled", "short", "met"
HUNDREDTH = Decimal("0.01")
LAMPS = {CLOSED: "pause", UNFILED: "near", SHORT: "late", MET: "done"}


@dataclass(frozen=True)
class Judged:
    """A hotline with its last return and what of it is short of the standard."""

    hotline: Hotline
    last: Any
    state: str
    shortfalls: list[str] = field(default_factory=list)

    @property
    def lamp(self) -> str:
        return LAMPS[self.state]

    @property
    def word(self) -> str:
        return {
            CLOSED: _("已停用"),
            UNFILED: _("上月未报送"),
            SHORT: _("未达标准"),
            MET: _("达到标准"),
        }[self.state]


def rate(connected: int | None, calls: int | None) -> Decimal | None:
    """Connected of a hundred calls, exact; None where nobody called."""
    return Decimal(connected or 0) * 100 / Decimal(calls) if calls else None


def shown(share: Decimal | None) -> str:
    """A rate with two decimals."""
    return "—" if share is None else f"{share.quantize(HUNDREDTH, ROUND_HALF_UP)}%"


class Standards:
    """All standards, read once."""

    def __init__(self) -> None:
        self.rows = list(HotlineStandard.objects.all())

    def of(self, month: date) -> list[HotlineStandard]:
        """In force on the first day of a month."""
        return [
            one
            for one in self.rows
            if one.valid_from <= month and (one.valid_until is None or one.valid_until >= month)
        ]

    def shortfalls(self, filed: Any) -> list[str]:
        """What a return (``with_year``) is short of, in words."""
        figures = {
            Figure.CONNECTION: rate(filed.year_connected, filed.year_calls),
            Figure.STAFF: filed.staff,
            Figure.SCORE: filed.score,
            Figure.RECORDINGS: filed.recordings,
        }
        found = []
        for one in self.of(filed.month):
            value = figures[Figure(one.figure)]
            if value is not None and value < one.least:
                words = {
                    "figure": one.get_figure_display(),
                    # Cut, not rounded: 84.996 does not read as the 85 that it falls short of.
                    "value": f"{Decimal(value).quantize(HUNDREDTH, ROUND_DOWN).normalize():f}",
                    "least": f"{one.least.normalize():f}",
                }
                found.append(_("%(figure)s%(value)s，低于%(least)s") % words)
        return found


def last_month(today: date) -> date:
    """First day of the month that is over."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def seen(user: User) -> QuerySet[Hotline]:
    """Hotlines in sight, with what a row shows."""
    related = ("organisation", "responsible")
    return Hotline.objects.visible_to(user).select_related(*related)


def judged(hotlines: Iterable[Hotline], *, today: date) -> Iterator[Judged]:
    """Each with its last return. Three queries, however many they are."""
    rows = list(hotlines)
    filed = HotlineReturn.objects.standing().filter(hotline__in=[one.pk for one in rows])
    # The newest comes last and stays.
    last = {one.hotline_id: one for one in filed.with_year().order_by("month", "pk")}
    standards, due = Standards(), last_month(today)
    for one in rows:
        found = last.get(one.pk)
        shortfalls = standards.shortfalls(found) if found else []
        expected = one.opened_on < today.replace(day=1)
        if one.closed_on is not None:
            state = CLOSED
        elif expected and (found is None or found.month < due):
            state = UNFILED
        else:
            state = SHORT if shortfalls else MET
        yield Judged(one, found, state, shortfalls)


def unfiled(places: Iterable[int], *, today: date) -> QuerySet[Hotline]:
    """Open hotlines that these organisations answer for and whose last month is not filed."""
    due = last_month(today)
    open_then = Hotline.objects.open().filter(
        responsible__in=places, opened_on__lt=today.replace(day=1)
    )
    filed = HotlineReturn.objects.standing().filter(month__gte=due)
    found = open_then.exclude(pk__in=filed.values("hotline"))
    return found.select_related("organisation").order_by("organisation", "number")
