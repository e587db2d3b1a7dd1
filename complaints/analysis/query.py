"""Counts cases for the analysis: grouped by the database, a fixed number of queries.

Only what is in the person's sight is counted; personal data is never read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Func, Q, QuerySet
from django.db.models.functions import Substr

from complaints.analysis.counting import Counts, Timeliness
from complaints.filters import PLACE, UNIT, CaseFilters, clock_ended, last_rounds, repeated
from complaints.models import Case
from complaints.workflow import DONE
from core import clock
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

ENDS = ("met", "late", "open")


class LocalDay(Func):
    """The day of an instant in China, as text; by the database's own means, for a million rows.

    China has kept to UTC+8 since 1991; the first case is of 2006.
    """

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="date(%(expressions)s, '+8 hours')", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "((%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date)::text"
        return self.as_sql(compiler, connection, template=template, **extra)


class Counting:
    """One set of filters and one period, for one person."""

    def __init__(self, filters: CaseFilters, period: Period, user: User, *, now: datetime) -> None:
        self.now, self.period = now, period
        self.repeated = repeated(user)
        # Days are asked for below, three periods at a time.
        asked = filters.with_(counted="1", since="", until="")
        self.cases: QuerySet[Case] = asked.narrow(
            Case.objects.visible_to(user), user=user, now=now
        ).order_by()
        self.spans = [within(one) for one in (period, period.previous(), period.year_before())]

    def of_period(self) -> QuerySet[Case]:
        return self.cases.filter(self.spans[0])

    def days(self, periods: Iterable[Period]) -> dict[date, int]:
        """Cases by day, over all days of the periods: one query."""
        asked = list(periods)
        span = Period(min(one.first for one in asked), max(one.last for one in asked))
        rows = self.cases.filter(within(span)).annotate(day=LocalDay("received_at"))
        return {
            date.fromisoformat(day): n
            for day, n in rows.values_list("day").annotate(n=Count("pk")).order_by()
        }

    def by(self, name: str) -> list[tuple[Any, Counts]]:
        """Cases by a field, in the three periods: one query."""
        return self._grouped(self.cases.values_list(name))

    def by_place(self, digits: int) -> list[tuple[Any, Counts]]:
        """Cases by so many leading digits of where they happened."""
        placed = self.cases.annotate(at=Substr(PLACE, 1, digits))
        return self._grouped(placed.values_list("at"))

    def by_unit(self) -> list[tuple[Any, Counts]]:
        """Cases by the organisation that they count for."""
        return self._grouped(self.cases.annotate(counts_for=UNIT).values_list("counts_for"))

    def _grouped(self, rows: QuerySet[Case, Any]) -> list[tuple[Any, Counts]]:
        now, previous, year_before = self.spans
        counted = rows.filter(now | previous | year_before).annotate(
            n=Count("pk", filter=now),
            n_before=Count("pk", filter=previous),
            n_year=Count("pk", filter=year_before),
        )
        return [(key, Counts(*numbers)) for key, *numbers in counted.order_by()]

    def repeats_by_unit(self) -> dict[Any, int]:
        """Repeated cases of the period, by the organisation that they count for."""
        rows = self.of_period().filter(self.repeated).annotate(counts_for=UNIT)
        return dict(rows.values_list("counts_for").annotate(n=Count("pk")).order_by())

    def summary(self) -> dict[str, int]:
        """Cases of the three periods; of the first how many are done and repeated: one query."""
        now, previous, year_before = self.spans
        return self.cases.filter(now | previous | year_before).aggregate(
            n=Count("pk", filter=now),
            n_before=Count("pk", filter=previous),
            n_year=Count("pk", filter=year_before),
            done=Count("pk", filter=now & Q(state__in=DONE)),
            repeated=Count("pk", filter=now & self.repeated),
        )

    def satisfaction(self) -> Counter[str]:
        """Cases of the period by what the complainant said."""
        rows = self.of_period().values_list("satisfaction").annotate(n=Count("pk"))
        return Counter(dict(rows.order_by()))

    def timeliness(self) -> dict[str, Timeliness]:
        """How the clocks of the period's cases ended, by clock: one query."""
        ends = {end: Count("pk", filter=clock_ended(end, now=self.now)) for end in ENDS}
        rows = last_rounds().filter(case__in=self.of_period()).values("code").annotate(**ends)
        return {row["code"]: Timeliness(*(row[end] for end in ENDS)) for row in rows}


def within(period: Period) -> Q:
    """Condition on Case: received on one of the days."""
    after = clock.at(period.last + timedelta(days=1))
    return Q(received_at__gte=clock.at(period.first), received_at__lt=after)
