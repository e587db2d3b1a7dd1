"""What the pages of indicators read: periods, values beside limits and earlier ones, trends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import arithmetic
from core.periods import Period
from reporting import indicator_catalogue
from reporting.indicators import scoring
from reporting.models import Indicator, IndicatorValue, Target
from reporting.models.indicator import MEASURED

if TYPE_CHECKING:
    from accounts.models import User

# 2011-10, 2011-Q3 and 2011, as they stand in an address.
WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})|-Q([1-4]))?")
STEPS = 13
LAMPS = {True: "ok", False: "late", None: ""}


def period_of(text: str, today: date) -> Period:
    """The period that an address names; else the month that is over. For pages, never for acts."""
    last = today.replace(day=1) - timedelta(days=1)
    return named(text) or Period(last.replace(day=1), last)


def named(text: str) -> Period | None:
    """The period that is written so; None for anything else."""
    found = WRITTEN.fullmatch(text)
    year = int(found[1]) if found else 0
    if found is None or not 2000 <= year <= 2100 or (found[2] and not 1 <= int(found[2]) <= 12):
        return None
    if found[2]:
        return _months(year, int(found[2]), 1)
    return _months(year, int(found[3]) * 3 - 2, 3) if found[3] else _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> Period:
    first = date(year, month, 1)
    end = year * 12 + month - 1 + count
    return Period(first, date(end // 12, end % 12 + 1, 1) - timedelta(days=1))


def written(period: Period) -> str:
    """A period as an address names it."""
    match period.kind:
        case "month":
            return f"{period.first:%Y-%m}"
        case "quarter":
            return f"{period.first.year}-Q{(period.first.month + 2) // 3}"
    return f"{period.first.year}"


def periods(today: date) -> list[Period]:
    """The periods that are over: thirteen months, five quarters, three years."""
    year, month = today.year, today.month
    last = _months(year, month, 1).previous()
    found = _back(last, STEPS)
    quarter = _months(year, (month - 1) // 3 * 3 + 1, 3).previous()
    return [*found, *_back(quarter, 5), *_back(_months(year - 1, 1, 12), 3)]


def _back(period: Period, count: int) -> list[Period]:
    """The newest first."""
    found = [period]
    while len(found) < count:
        found.append(found[-1].previous())
    return found


def units(user: User) -> list[Organisation]:
    """The companies whose indicators the person reads, in the order of the tree."""
    seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW).in_force()
    return list(seen.filter(kind__in=MEASURED).order_by("path"))


class Limits:
    """What applies to a unit: the target of its area and year, else the rule's threshold."""

    def __init__(self, year: int) -> None:
        rows = Target.objects.standing().filter(year=year).select_related("paper")
        self._targets = {(one.indicator_code, one.region_id): one for one in rows}

    def target(self, code: str, region: str | None) -> Target | None:
        """By the unit's own region, its prefecture, its province."""
        text = region or ""
        for digits in (text, f"{text[:4]}00", f"{text[:2]}0000"):
            if found := self._targets.get((code, digits)):
                return found
        return None

    def of(self, indicator: Indicator, unit: Organisation) -> tuple[Decimal | None, Target | None]:
        target = self.target(indicator.code, unit.region_id)
        return (target.value, target) if target else (indicator.threshold, None)


@dataclass(frozen=True)
class Line:
    """One indicator of one unit in one period, beside its limit and its earlier values."""

    indicator: Indicator
    unit: Organisation
    value: IndicatorValue | None
    previous: IndicatorValue | None
    year_before: IndicatorValue | None
    limit: Decimal | None
    target: Target | None

    @property
    def meets(self) -> bool | None:
        found = self.value.value if self.value and not self.is_partial else None
        return scoring.meets(found, self.limit, self.indicator.direction)

    @property
    def is_partial(self) -> bool:
        """Whether the value stands on some of its units only."""
        return self.value is not None and self.value.is_partial

    @property
    def lamp(self) -> str:
        return LAMPS[self.meets]

    @property
    def shown(self) -> str:
        return shown(self.indicator, self.value)

    @property
    def before(self) -> str:
        return shown(self.indicator, self.previous)

    @property
    def a_year_ago(self) -> str:
        return shown(self.indicator, self.year_before)

    @property
    def limit_text(self) -> str:
        if self.limit is None:
            return ""
        sign = {"up": "≥", "down": "≤"}.get(self.indicator.direction, "")
        places = self.indicator.decimals
        number = arithmetic.printed(self.limit, decimals=places, strip_zeros=True)
        part = self.value is not None and self.value.period.kind != "year"
        if part and self.indicator.code in indicator_catalogue.yearly_limits():
            return _("全年%(limit)s") % {"limit": f"{sign}{number}"}
        return f"{sign}{number}"

    @property
    def score(self) -> Decimal | None:
        found = scored(self.indicator, self.value).score
        return None if found is None else arithmetic.half_up(found, scoring.PLACES)


def shown(indicator: Indicator, value: IndicatorValue | None) -> str:
    """The value as it is printed, or a dash."""
    return arithmetic.printed(value.value if value else None, decimals=indicator.decimals)


def scored(indicator: Indicator, value: IndicatorValue | None) -> scoring.Scored:
    """The score of a value by its indicator's rule."""
    found = value.value if value and not value.is_partial else None
    score = scoring.score(found, indicator.zero_at, indicator.full_at)
    return scoring.Scored(indicator.code, score, indicator.weight)


def lines(
    user: User,
    period: Period,
    organisations: Sequence[Organisation],
    indicators: Iterable[Indicator] | None = None,
) -> list[Line]:
    """Every indicator of every unit, in their order. Five queries, however many there are."""
    asked = list(indicators if indicators is not None else in_force(period))
    spans = (period, period.previous(), period.year_before())
    found = [_by_key(user, one, asked, organisations) for one in spans]
    limits = Limits(period.first.year)
    made = []
    for unit in organisations:
        for indicator in asked:
            values = [one.get((indicator.code, unit.pk)) for one in found]
            made.append(Line(indicator, unit, *values, *limits.of(indicator, unit)))
    return made


def in_force(period: Period) -> list[Indicator]:
    """The indicators that are computed for such a period."""
    standing = Indicator.objects.in_force(on=period.last)
    return [one for one in standing if period.kind in one.periods]


def _by_key(
    user: User,
    period: Period,
    indicators: Sequence[Indicator],
    organisations: Sequence[Organisation],
) -> Mapping[tuple[str, int], IndicatorValue]:
    rows = (
        IndicatorValue.objects.visible_to(user)
        .standing()
        .of(period)
        .filter(
            indicator__code__in=[one.code for one in indicators],
            organisation__in=[one.pk for one in organisations],
        )
        .order_by("indicator__valid_from")
    )
    # Between two versions the newer counts.
    return {(code, one.organisation_id): one for code, one in _coded(rows)}


def _coded(rows: Iterable[IndicatorValue]) -> list[tuple[str, IndicatorValue]]:
    found = list(rows)
    codes = dict(
        Indicator.objects.filter(pk__in={one.indicator_id for one in found}).values_list(
            "pk", "code"
        )
    )
    return [(codes[one.indicator_id], one) for one in found]


@dataclass(frozen=True)
class Trend:
    """One indicator of one unit over time, the oldest first."""

    indicator: Indicator
    points: Sequence[tuple[Period, IndicatorValue | None]]

    @property
    def numbers(self) -> list[float | None]:
        return [
            float(one.value) if one and one.value is not None else None for _p, one in self.points
        ]


def trend(user: User, unit: Organisation, indicator: Indicator, until: Period) -> Trend:
    """The last thirteen periods of the same kind."""
    spans = list(reversed(_back(until, STEPS)))
    rows = IndicatorValue.objects.visible_to(user).standing()
    rows = rows.filter(
        organisation=unit,
        indicator__code=indicator.code,
        first_day__gte=spans[0].first,
        last_day__lte=until.last,
    ).order_by("indicator__valid_from")
    by_days = {(one.first_day, one.last_day): one for one in rows}
    return Trend(indicator, [(one, by_days.get((one.first, one.last))) for one in spans])
