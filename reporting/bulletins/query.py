"""Counts the cases of an office's territory and period into the cells of a bulletin.

All grouping is done by the database; what comes back is one row per kind of case. A case that was
merged into another is counted there. Personal data is never read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Substr

from accounts.models import Organisation, Region
from accounts.models.people import territory_codes
from complaints.models import Case, CaseClock, Procedure, Term
from complaints.workflow import OF_OFFICES
from core import clock, sla, workdays
from core.periods import Period
from core.workdays import WorkCalendar
from reporting.bulletins.tally import SATISFIED, Cell, Due, Tally

KINDS = {
    "nature": Term.Kind.NATURE,
    "channel": Term.Kind.CHANNEL,
    "industry": Term.Kind.INDUSTRY,
    "category": Term.Kind.CATEGORY,
    "target": Term.Kind.TARGET,
    "outcome": Term.Kind.OUTCOME,
}
COMPLAINT = "complaint"
COMPANY_CLOCK = "company"
# What people said when they were reached (回访).
RATED = (*SATISFIED, "not_content")


def tally(organisation: Organisation, period: Period, *, now: datetime) -> Tally:
    """Everything that a bulletin of the office and period counts, as it stands now."""
    office = Counting(organisation, period, now)
    return Tally(
        received=list(office.received()),
        closed=list(office.closed()),
        due=list(office.due()),
        complained_of=office.complained_of(),
        ratings=office.ratings(),
        previous={
            "mom": office.natures(period.previous()),
            "yoy": office.natures(period.year_before()),
        },
    )


def edges(period: Period) -> tuple[datetime, datetime]:
    """The first instant of a period and the first one after it."""
    return clock.at(period.first), clock.at(period.last + timedelta(days=1))


def scope(organisation: Organisation, on: date) -> Q:
    """Condition on Case: what an office's bulletin counts, by receipt and by territory.

    The national regulator counts all; an office what it or one below it received, and what comes
    from the provinces that it is in charge of (not of those that it only gets copies from).
    """
    if organisation.kind == Organisation.Kind.NATIONAL_REGULATOR:
        return Q()
    below = Organisation.objects.filter(path__startswith=organisation.path).order_by().values("pk")
    condition = Q(owner__in=below)
    for code in sorted(territory_codes(organisation, on=on, copies=False)):
        condition |= Q(region__code__startswith=code[:2])
        here = Q(region__isnull=True, organisation__region__code__startswith=code[:2])
        condition |= here
    return condition


class Counting:
    """One office and period; lists of words are read once."""

    def __init__(self, organisation: Organisation, period: Period, now: datetime) -> None:
        self.organisation, self.period, self.now = organisation, period, now
        self.start, self.end = edges(period)
        self.cases: QuerySet[Case] = (
            Case.objects.counted()
            .filter(scope(organisation, period.last), source__in=OF_OFFICES)
            .order_by()
        )
        self.words = Words(period.last)
        provincial = organisation.kind == Organisation.Kind.PROVINCIAL_OFFICE
        self.digits = 4 if provincial else 2

    def received(self) -> Iterator[Cell]:
        """Cases received in the period; closed means by its end."""
        cases = self.cases.of_period(self.start, self.end)
        yield from self._cells(cases, closed=Q(closed_at__lt=self.end))

    def closed(self) -> Iterator[Cell]:
        """Cases closed in the period, whenever received."""
        cases = self.cases.filter(closed_at__gte=self.start, closed_at__lt=self.end)
        yield from self._cells(cases, carried=Q(received_at__lt=self.start))

    def natures(self, period: Period) -> dict[str, int]:
        """Natures of the cases received in another period; empty where there were none."""
        start, end = edges(period)
        rows = self.cases.of_period(start, end).values_list("nature").annotate(n=Count("pk"))
        words, found = Words(period.last), Counter[str]()
        for code, n in rows:
            found[words.label("nature", code)] += n
        return dict(found)

    def _cells(
        self, cases: QuerySet[Case], *, closed: Q | None = None, carried: Q | None = None
    ) -> Iterator[Cell]:
        region = Coalesce(F("region__code"), F("organisation__region__code"))
        names = [*KINDS, "accepted", "place"]
        grouped = cases.annotate(place=Substr(region, 1, self.digits)).values(*names)
        places = self._places()
        for row in grouped.annotate(
            n=Count("pk"),
            done=Count("pk", filter=closed or Q(closed_at__isnull=False)),
            before=Count("pk", filter=carried or Q(pk__in=())),
        ):
            yield from self._split(row, places)

    def _split(self, row: dict[str, Any], places: dict[str, str]) -> Iterator[Cell]:
        """One row as cells that are closed or not, carried over or not."""
        words = {name: self.words.label(name, row[name]) for name in KINDS}
        words["business"] = words.pop("category")
        place = places.get(row["place"] or "", "")
        accepted = bool(row["accepted"])
        parts = (
            (row["before"], True, True),
            (row["done"] - row["before"], True, False),
            (row["n"] - row["done"], False, False),
        )
        for n, closed, carried in parts:
            if n:
                yield Cell(
                    **words, place=place, accepted=accepted, closed=closed, carried=carried, n=n
                )

    def _places(self) -> dict[str, str]:
        """Leading digits of a region's code → its name in a ranking."""
        ending = "0" * (6 - self.digits)
        known = Region.objects.filter(code__endswith=ending).order_by()
        return {code[: self.digits]: name for code, name in known.values_list("code", "short_name")}

    # -- complaints that enterprises have to close -------------------------------------------------

    def due(self) -> Iterator[Due]:
        """Per enterprise: complaints that fall due in the period, and those closed in time.

        A case without the company's clock (received before clocks were kept, or imported with its
        result) is measured by its procedure's allowance from its receipt.
        """
        counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        names = self._enterprises()
        for one in self._deadlines():
            if self.start <= one.due_at < self.end:
                pair = counted[names.get(one.organisation, "") or one.target]
                pair[0] += 1
                pair[1] += one.stopped_at is not None and one.stopped_at <= one.due_at
        for name, (due, in_time) in counted.items():
            yield Due(name, due, in_time)

    def ratings(self) -> dict[str, int]:
        """Complaints closed in the period by what return visits heard."""
        closed = self.cases.filter(closed_at__gte=self.start, closed_at__lt=self.end)
        rated = closed.filter(nature=COMPLAINT, satisfaction__in=RATED)
        return dict(rated.values_list("satisfaction").annotate(n=Count("pk")))

    def complained_of(self) -> dict[str, int]:
        """Complaints of the period by target, else by the company that the enterprise belongs to:
        those of one provincial company together (…所属), others by themselves."""
        complaints = self.cases.of_period(self.start, self.end).filter(nature=COMPLAINT)
        rows = complaints.values_list("target", "organisation").annotate(n=Count("pk"))
        groups = self._companies()
        found = Counter[str]()
        for target, organisation, n in rows:
            label = self.words.label("target", target) if target else groups.get(organisation, "")
            found[label] += n
        return dict(found)

    def _companies(self) -> dict[int | None, str]:
        """Organisation → 广东电网公司所属 for units of a provincial company, else its own name."""
        names = self._enterprises()
        provincial = Organisation.objects.filter(kind=Organisation.Kind.PROVINCIAL_COMPANY)
        above = dict(provincial.order_by().values_list("path", "short_name"))
        found: dict[int | None, str] = {}
        step = Organisation.steplen
        for pk, path in Organisation.objects.companies().order_by().values_list("pk", "path"):
            ends = range(step, len(path) + 1, step)
            group = next((above[path[:end]] for end in ends if path[:end] in above), "")
            found[pk] = f"{group}所属" if group else names[pk]
        return found

    def _deadlines(self) -> Iterator[Deadline]:
        complaints = self.cases.filter(nature=COMPLAINT)
        last = CaseClock.objects.filter(case__in=complaints, code=COMPANY_CLOCK).exclude(
            state="void"
        )
        rounds = last.order_by().values("case").annotate(last=Max("round"))
        latest = {row["case"]: row["last"] for row in rounds}
        window = last.filter(due_at__gte=self.start, due_at__lt=self.end).order_by()
        fields = ("case", "round", "case__organisation", "case__target", "due_at", "stopped_at")
        for case, number, organisation, target, due_at, stopped_at in window.values_list(*fields):
            if latest[case] == number:
                label = self.words.label("target", target)
                yield Deadline(organisation, label, due_at, stopped_at)
        yield from self._unclocked(complaints.exclude(clocks__code=COMPANY_CLOCK))

    def _unclocked(self, complaints: QuerySet[Case]) -> Iterator[Deadline]:
        """Deadlines of cases that no clock runs for; those refused were nobody's to close."""
        allowances = company_allowances()
        calendar = workdays.calendar(now=self.now)
        since = earliest_receipt(allowances.values(), due_from=self.start, calendar=calendar)
        cases = complaints.filter(received_at__gte=since, received_at__lt=self.end)
        known: dict[tuple[int, date], datetime] = {}
        fields = ("procedure", "organisation", "target", "received_at", "closed_at")
        answered = cases.exclude(accepted=False)
        for procedure, organisation, target, received, closed in answered.values_list(*fields):
            if procedure not in allowances:
                continue
            key = procedure, clock.day_of(received)
            if key not in known:
                found = sla.due(received, allowances[procedure], calendar=calendar)
                known[key] = found.due_at
            label = self.words.label("target", target)
            yield Deadline(organisation, label, known[key], closed)

    def _enterprises(self) -> dict[int | None, str]:
        """Organisation → the enterprise that a bulletin names for it: its city company."""
        rows = Organisation.objects.companies().order_by("path")
        by_path: dict[str, str] = {}
        found: dict[int | None, str] = {}
        lower = (Organisation.Kind.COUNTY_ENTERPRISE, Organisation.Kind.SUPPLY_STATION)
        for pk, path, kind, name in rows.values_list("pk", "path", "kind", "short_name"):
            above = by_path.get(path[: -Organisation.steplen], "") if kind in lower else ""
            by_path[path] = found[pk] = above or name
        return found


class Deadline(NamedTuple):
    """When a complaint falls due to whom, and when it was closed."""

    organisation: int | None
    target: str
    due_at: datetime
    stopped_at: datetime | None


def company_allowances() -> dict[int, sla.Allowance]:
    """Procedure → what it gives the company to close a complaint."""
    found = {}
    for pk, definition in Procedure.objects.order_by().values_list("pk", "definition"):
        for rule in definition.get("clocks", ()):
            if rule["code"] == COMPANY_CLOCK and "transfer" in rule["starts_on"]:
                length = rule["allowance"]
                found[pk] = sla.Allowance(length["value"], length["unit"])
    return found


def earliest_receipt(
    allowances: Iterable[sla.Allowance], *, due_from: datetime, calendar: WorkCalendar
) -> datetime:
    """Who received a case before this day had it due before ``due_from``, whatever the rule."""
    day = clock.day_of(due_from)
    for allowance in set(allowances):
        # The later the receipt, the later the deadline: go back while it still falls due in time.
        while sla.due(sla.day_end(day), allowance, calendar=calendar).due_at >= due_from:
            day -= timedelta(days=1)
    return clock.at(day)


class Words:
    """Codes of cases in the words of a day; a part of a category counts as its whole."""

    def __init__(self, on: date) -> None:
        terms = Term.objects.filter(valid_from__lte=on).order_by("kind", "valid_from")
        rows = list(terms.values_list("kind", "code", "label", "parent__code"))
        self._labels: dict[tuple[str, str], str] = {(k, code): label for k, code, label, _p in rows}
        self._parents = {(k, code): above for k, code, _label, above in rows if above}

    def label(self, name: str, code: str) -> str:
        """The label of a code on that day; a code without a label is its own."""
        kind = KINDS[name]
        if name == "category":
            code = self._root(kind, code)
        return self._labels.get((kind, code), code)

    def _root(self, kind: str, code: str) -> str:
        seen: set[str] = set()
        while (above := self._parents.get((kind, code))) and code not in seen:
            seen.add(code)
            code = above
        return code
