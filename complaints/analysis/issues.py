"""A company's report of hot and hard issues beside what the cases of the portal say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count

from complaints.filters import PLACE, CaseFilters, digits_of
from complaints.models import Case, HotIssue, HotIssueReport, Term
from complaints.workflow import OF_OFFICES, Source

if TYPE_CHECKING:
    from accounts.models import User

COMPLAINT = "complaint"
# So many subjects that the cases show and the report does not name.
MOST_UNNAMED = 5


@dataclass(frozen=True)
class Row:
    """Cases alike in source, category and place."""

    source: str
    category: str
    place: str
    n: int


@dataclass(frozen=True)
class Beside:
    """A number as the company reports it, and as the portal counts it."""

    reported: int | None
    counted: int
    url: str

    @property
    def difference(self) -> int | None:
        return None if self.reported is None else self.reported - self.counted


@dataclass(frozen=True)
class Compared:
    """One issue: its 95598 number on both sides, and what 12398 got on the same subject."""

    issue: HotIssue
    hotline: Beside
    offices: int
    offices_url: str


@dataclass(frozen=True)
class Unnamed:
    """A subject of many cases that the report does not name."""

    category: str
    n: int
    url: str


@dataclass(frozen=True)
class Comparison:
    received: Beside
    complaints: Beside
    issues: Sequence[Compared]
    unnamed: Sequence[Unnamed]


def compare(report: HotIssueReport, user: User, *, now: datetime) -> Comparison:
    """The report beside the cases in the person's sight. Four queries, whatever it holds."""
    filters = CaseFilters(
        unit=report.organisation.code, since=str(report.first_day), until=str(report.last_day)
    )
    counted = _rows(filters, report, user, now=now)
    parents = _parents()
    hotline = [row for row in counted if row.source == Source.H95598]
    offices = [row for row in counted if row.source in OF_OFFICES]
    of_hotline = filters.with_(source=Source.H95598)
    complaints = of_hotline.with_(nature=COMPLAINT)
    complained = _rows(complaints, report, user, now=now)
    issues = list(report.issues.select_related("region"))
    return Comparison(
        Beside(report.received, _sum(hotline), of_hotline.list_url()),
        Beside(report.complaints, _sum(complained), complaints.list_url()),
        [_compared(issue, filters, hotline, offices, parents) for issue in issues],
        unnamed(issues, counted, parents, filters),
    )


def _rows(filters: CaseFilters, report: HotIssueReport, user: User, *, now: datetime) -> list[Row]:
    seen = filters.with_(counted="1").narrow(Case.objects.visible_to(user), user=user, now=now)
    rows = seen.order_by().annotate(at=PLACE).values_list("source", "category", "at")
    return [Row(s, c, at or "", n) for s, c, at, n in rows.annotate(n=Count("pk"))]


def _parents() -> dict[str, str]:
    """Part of a category → its whole."""
    terms = Term.objects.of(Term.Kind.CATEGORY).filter(parent__isnull=False).order_by()
    return dict(terms.values_list("code", "parent__code"))


def _sum(rows: Iterable[Row]) -> int:
    return sum(row.n for row in rows)


def _compared(
    issue: HotIssue,
    filters: CaseFilters,
    hotline: Sequence[Row],
    offices: Sequence[Row],
    parents: dict[str, str],
) -> Compared:
    same = filters.with_(category=issue.category, place=digits_of(issue.region_id or ""))
    return Compared(
        issue,
        Beside(
            issue.count,
            _sum(row for row in hotline if _fits(row, same, parents)),
            same.list_url(source=Source.H95598),
        ),
        _sum(row for row in offices if _fits(row, same, parents)),
        same.list_url(source="offices"),
    )


def _fits(row: Row, asked: CaseFilters, parents: dict[str, str]) -> bool:
    whole = parents.get(row.category, "")
    subject = not asked.category or asked.category in (row.category, whole)
    return subject and row.place.startswith(asked.place)


def unnamed(
    issues: Sequence[HotIssue],
    rows: Sequence[Row],
    parents: dict[str, str],
    filters: CaseFilters,
) -> list[Unnamed]:
    """The subjects with most cases that no issue names, neither themselves nor their whole."""
    named = {issue.category for issue in issues}
    found = Counter[str]()
    for row in rows:
        if row.category and not {row.category, parents.get(row.category, "")} & named:
            found[row.category] += row.n
    # A whole that is named in part is not unnamed.
    whole = {parents.get(category, "") for category in named}
    most = sorted(
        ((n, category) for category, n in found.items() if category not in whole),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return [
        Unnamed(category, n, filters.with_(category=category).list_url())
        for n, category in most[:MOST_UNNAMED]
    ]
