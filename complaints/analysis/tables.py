"""The tabs of the analysis: what each counts, under which words, and which list each number opens.

Source: campaign plan 二(二)2 and 三、5(3) (S1-2.2.2d, S1-3.3.5(3)): complaints are sorted, counted
and analysed; S1-3.3.5(2)f: rates of acceptance and closing in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region
from complaints import queries
from complaints.analysis import counting
from complaints.analysis.counting import Counts, Line, Table, Timeliness
from complaints.analysis.query import Counting
from complaints.filters import NONE, CaseFilters, clock_names, digits_of
from complaints.models import Term
from complaints.workflow import Source
from core import clock
from core.periods import Period

TABS: dict[str, Any] = {
    "trend": gettext_lazy("趋势"),
    "category": gettext_lazy("业务类别"),
    "place": gettext_lazy("地区"),
    "company": gettext_lazy("被反映单位"),
    "nature": gettext_lazy("诉求性质"),
    "source": gettext_lazy("来源"),
    "channel": gettext_lazy("反映渠道"),
    "satisfaction": gettext_lazy("满意度"),
    "timeliness": gettext_lazy("办理时效"),
    "repeat": gettext_lazy("重复诉求"),
}
STEPS: dict[str, Any] = {"month": gettext_lazy("按月"), "week": gettext_lazy("按周")}
# Dimensions that are a field of the case with a list of words.
WORDED = ("nature", "channel", "satisfaction")
# 12398 was opened in 2006; ten years are the longest that is counted at once.
BEGINNING, LONGEST = date(2006, 4, 1), timedelta(days=3652)
UNITS_ABOVE = (Organisation.Kind.PROVINCIAL_COMPANY,)


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: which tab, which period, which cases."""

    by: str
    step: str
    period: Period
    filters: CaseFilters

    def query(self, **changes: str) -> str:
        """The same page with something changed, as the tail of an address."""
        filters = self.filters.with_(
            **{name: value for name, value in changes.items() if name not in ("by", "step")}
        )
        found = {"by": changes.get("by", self.by), **filters.asked}
        if (step := changes.get("step", self.step)) != "month":
            found["step"] = step
        return urlencode(found)

    def url(self, **changes: str) -> str:
        return f"{reverse('complaints:analysis')}?{self.query(**changes)}"


class Tables:
    """Builds the tabs of one page; lists of words are read once."""

    def __init__(self, asked: Asked, counted: Counting) -> None:
        self.asked, self.counted, self.filters = asked, counted, asked.filters
        self.labels = queries.Labels()
        # Words of the last day of the period.
        self.at: datetime = clock.at(asked.period.last)

    def table(self) -> Table:
        """The tab that was asked for."""
        makers: dict[str, Callable[[], Table]] = {
            "trend": self.trend,
            "category": self.category,
            "place": self.place,
            "company": self.company,
            "source": self.source,
            "timeliness": self.timeliness,
            "repeat": self.repeat,
        }
        by = self.asked.by
        return makers[by]() if by in makers else self.worded(by)

    def _table(self, title: str, head: str, lines: list[Line], **more: Any) -> Table:
        return Table(
            title,
            head,
            lines,
            counting.total(line.counts for line in lines),
            self.filters.list_url(),
            **more,
        )

    def trend(self) -> Table:
        """Counts by month or week, each compared with the one before and with the year before."""
        step = self.asked.step
        periods = counting.steps(self.asked.period, step)
        wanted = [*periods, periods[0].previous(), *(counting.before(p, step) for p in periods)]
        days = self.counted.days(wanted)
        lines = [
            Line(
                str(one.first),
                one.text if step == "month" else f"{one.first:%Y-%m-%d} — {one.last:%m-%d}",
                counts,
                url=self.filters.list_url(since=str(one.first), until=str(one.last)),
            )
            for one, counts in zip(periods, counting.trend(days, periods, step), strict=True)
        ]
        whole = Counts(counting.count(days, Period(periods[0].first, periods[-1].last)))
        return Table(
            _("诉求件数趋势"),
            _("期间"),
            lines,
            whole,
            self.filters.list_url(since=str(periods[0].first), until=str(periods[-1].last)),
            definition=_(
                "按受理日期统计；环比为与上一期比较，同比为与上年同期比较（按周的为52周前）。"
            ),
            shares=False,
        )

    def worded(self, name: str) -> Table:
        """A field of the case whose codes stand in a list."""
        rows = counting.summed(self.counted.by(name), lambda code: code or NONE)
        lines = counting.lines(
            rows,
            lambda code: _("未填") if code == NONE else self.labels.of(name, code, at=self.at),
            lambda code: self.filters.list_url(**{name: code}),
        )
        if name != "satisfaction":
            return self._table(str(TABS[name]), str(Term.Kind(name).label), lines)
        rate = counting.satisfaction_rate({key: one.now for key, one in rows.items()})
        words = _(
            "满意率%(rate)s：满意和基本满意，占满意、基本满意、不满意的比例；未联系上的不计入。"
        )
        told = words % {"rate": counting.percent(rate)}
        return self._table(str(TABS[name]), str(Term.Kind(name).label), lines, definition=told)

    def source(self) -> Table:
        lines = counting.lines(
            counting.summed(self.counted.by("source"), str),
            lambda code: str(Source(code).label),
            lambda code: self.filters.list_url(source=code),
        )
        return self._table(str(TABS["source"]), _("来源"), lines)

    def category(self) -> Table:
        """By whole categories; inside one that is asked for, by its parts."""
        parts = dict(
            Term.objects.of(Term.Kind.CATEGORY)
            .filter(parent__isnull=False)
            .order_by()
            .values_list("code", "parent__code")
        )
        inside = self.filters.category not in ("", NONE)
        whole = set(parts.values())

        def place(code: str) -> str:
            if not code:
                return NONE
            return code if inside else parts.get(code, code)

        def url(code: str) -> str:
            if inside:
                return self.filters.list_url(category="", part=code)
            return self.filters.list_url(category=code)

        def deeper(code: str) -> str:
            return self.asked.url(category=code) if not inside and code in whole else ""

        def label(code: str) -> str:
            return _("未填") if code == NONE else self.labels.of("category", code, at=self.at)

        lines = counting.lines(
            counting.summed(self.counted.by("category"), place), label, url, deeper
        )
        return self._table(str(TABS["category"]), str(Term.Kind.CATEGORY.label), lines)

    def place(self) -> Table:
        """By province; inside one by prefecture, inside that by county."""
        given = self.filters.place if self.filters.place != NONE else ""
        length = min(len(given) + 2, 6)
        rows = counting.summed(self.counted.by_place(length), lambda digits: digits or NONE)
        names = dict(Region.objects.order_by().values_list("code", "short_name"))

        def label(digits: str) -> str:
            if digits == NONE:
                return _("未填")
            code = digits.ljust(6, "0")
            if given and digits_of(code) == given:
                return _("%(name)s（未细分）") % {"name": names.get(code, digits)}
            return names.get(code, digits)

        def deeper(digits: str) -> str:
            if digits == NONE or len(digits) == 6 or digits_of(digits.ljust(6, "0")) == given:
                return ""
            return self.asked.url(place=digits)

        lines = counting.lines(
            rows, label, lambda digits: self.filters.list_url(place=digits), deeper
        )
        told = _("按诉求发生地区统计；没有填写地区的，按被反映单位所在地区。")
        return self._table(str(TABS["place"]), _("地区"), lines, definition=told)

    def company(self) -> Table:
        """By provincial company; inside a unit by those directly below it."""
        units = Units(self.filters.unit)
        rows = counting.summed(self.counted.by_unit(), units.group)
        lines = counting.lines(
            rows,
            units.label,
            lambda key: self.filters.list_url(**units.filter(key)),
            lambda key: self.asked.url(unit=key) if units.opens(key) else "",
        )
        told = _("按被反映单位统计；没有填写被反映单位的，按首接的供电企业。")
        return self._table(str(TABS["company"]), _("被反映单位"), lines, definition=told)

    def repeat(self) -> Table:
        """How many of a company's cases the same person raised again on the same matter."""
        units = Units(self.filters.unit)
        rows = counting.summed(self.counted.by_unit(), units.group)
        again: dict[str, int] = {}
        for unit, n in self.counted.repeats_by_unit().items():
            key = units.group(unit)
            again[key] = again.get(key, 0) + n

        def more(key: str) -> tuple[tuple[Any, str], ...]:
            n, whole = again.get(key, 0), rows[key].now
            url = self.filters.list_url(repeated="1", **units.filter(key))
            return ((n, url), (counting.percent(counting.arithmetic.share(n, whole)), ""))

        lines = counting.lines(
            rows,
            units.label,
            lambda key: self.filters.list_url(**units.filter(key)),
            lambda key: self.asked.url(unit=key) if units.opens(key) else "",
            more,
        )
        return self._table(
            str(TABS["repeat"]),
            _("被反映单位"),
            lines,
            columns=(_("重复诉求"), _("重复率")),
            shares=False,
            changes=False,
            definition=_("重复诉求：经人工确认，同一诉求人就同一事项再次反映的诉求（含首次）。"),
        )

    def timeliness(self) -> Table:
        """How the clocks of the period's cases ended."""
        names = clock_names()
        found = self.counted.timeliness()
        order = [code for code in names if code in found]
        order += sorted(set(found) - set(order))
        lines = [self._clock(code, names.get(code, code), found[code]) for code in order]
        return Table(
            str(TABS["timeliness"]),
            _("时限"),
            lines,
            Counts(),
            columns=(_("按期"), _("逾期"), _("未到期"), _("及时率")),
            shares=False,
            changes=False,
            definition=_(
                "统计期内受理诉求的各项时限；一件诉求同一时限重新起算的，以最后一次为准。"
                "及时率为按期件数占按期和逾期件数的比例，未到期的不计入。"
            ),
        )

    def _clock(self, code: str, label: str, one: Timeliness) -> Line:
        def opens(end: str) -> str:
            return self.filters.list_url(clock=f"{code}:{end}")

        return Line(
            code,
            label,
            Counts(one.met + one.late + one.open),
            url=opens("any"),
            more=(
                (one.met, opens("met")),
                (one.late, opens("late")),
                (one.open, opens("open")),
                (counting.percent(one.rate), ""),
            ),
        )


class Units:
    """Companies as lines of a table: inside ``within`` those below it, else provincial ones."""

    def __init__(self, within: str) -> None:
        rows = Organisation.objects.order_by("path").values_list(
            "pk", "path", "code", "short_name", "kind"
        )
        self._path: dict[int, str] = {}
        self._code: dict[str, str] = {}
        self._name: dict[str, str] = {}
        self._provincial: set[str] = set()
        self._whole: set[str] = set()
        for pk, path, code, name, kind in rows:
            self._name[code] = name
            if kind in Organisation.COMPANY_KINDS:
                self._path[pk], self._code[path] = path, code
                if kind in UNITS_ABOVE:
                    self._provincial.add(path)
                if len(path) > Organisation.steplen:
                    self._whole.add(path[: -Organisation.steplen])
        self._base = next((path for path, code in self._code.items() if code == within), "")

    def group(self, pk: int | None) -> str:
        """The line of an organisation: a unit's code, ``=code`` for the unit by itself."""
        path = self._path.get(pk) if pk is not None else None
        if path is None:
            return NONE
        if self._base and path.startswith(self._base):
            below = path[: len(self._base) + Organisation.steplen]
            return f"={self._code[path]}" if path == self._base else self._code[below]
        ends = range(Organisation.steplen, len(path) + 1, Organisation.steplen)
        above = [path[:end] for end in ends]
        if provincial := next((one for one in above if one in self._provincial), ""):
            return self._code[provincial]
        holds = any(one.startswith(path) and one != path for one in self._provincial)
        return f"={self._code[path]}" if holds else self._top(above)

    def _top(self, above: list[str]) -> str:
        return self._code[next(path for path in above if path in self._code)]

    def label(self, key: str) -> str:
        if key == NONE:
            return _("未指明单位")
        if key.startswith("="):
            return _("%(name)s本级") % {"name": self._name[key[1:]]}
        return self._name[key]

    def filter(self, key: str) -> dict[str, str]:
        """The filter that opens the cases of a line."""
        if key.startswith("="):
            return {"exactly": key[1:], "unit": ""}
        return {"unit": key, "exactly": ""}

    def opens(self, key: str) -> bool:
        """Whether a line has units below it."""
        path = next((path for path, code in self._code.items() if code == key), None)
        return path in self._whole and path != self._base


def period_of(filters: CaseFilters, today: date) -> Period:
    """The days that were asked for, whichever way round; else the month that is over."""
    first, last = filters.day("since"), filters.day("until")
    if first is None and last is None:
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    first, last = first or last or today, last or today
    # Nothing is older than the hotline, and no table is longer than its days.
    days = sorted(max(BEGINNING, day) for day in (first, last))
    return Period(days[0], min(days[1], days[0] + LONGEST))
