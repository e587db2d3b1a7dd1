"""What a register definition says beyond its form: where entries belong, who writes and reads them,
when they are looked at again, what is counted, what is asked before and at the end.

Pure. The form itself (columns, types, choices, checks) is one of ``core.sheets``.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.sheets import Column, Form, load_form
from core.sheets.definition import DefinitionError, reason_of

COMPANY, KEEPER, MEMBER = "company", "keeper", "member"
GOVERNMENT, REGULATOR = "government", "regulator"
WRITERS = {COMPANY, KEEPER, GOVERNMENT}
READERS = {COMPANY, KEEPER, MEMBER, GOVERNMENT, REGULATOR}
PLACES = ("unit", "grid", "either")
# Columns of a workbook that say where an entry belongs, before those of the form.
GRID, PARENT, STAFF = "grid_code", "parent_number", "staff_number"
CLOSING = ("columns", "checks")
MONTHS = 12


@dataclass(frozen=True)
class Rate:
    """A share: of the entries that hold some values (``of``) those that hold others (``when``); or
    of the sum of one column the sum of another (``part`` of ``whole``)."""

    label: str
    when: Mapping[str, Any] | None = None
    of: Mapping[str, Any] | None = None
    part: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Term:
    """One product of a computed column: a column times a factor, by name or by the value of a
    choice; ``sign`` -1 takes it off."""

    column: str
    factor: str = ""
    by: str = ""
    sign: int = 1


@dataclass(frozen=True)
class Computed:
    """A column that is worked out: the sum of its terms."""

    key: str
    label: str
    unit: str
    terms: tuple[Term, ...]
    places: int = 3

    @property
    def heading(self) -> str:
        return f"{self.label}（{self.unit}）" if self.unit else self.label


@dataclass(frozen=True)
class Factor:
    """What one unit of something counts, from a day on. ``source`` is the document."""

    value: Decimal
    valid_from: date
    source: str


@dataclass(frozen=True)
class Options:
    """The part of a definition that ``core.sheets`` does not look at."""

    group: str
    prefix: str
    where: str = "unit"
    # Registers of which an entry belongs to one entry; whether it must.
    of: tuple[str, ...] = ()
    alone: bool = False
    # Whether it concerns a person of the grids.
    member: bool = False
    title: str = ""
    day: str = ""
    # Start and end of a time; with ``overlap`` no two of one parent may overlap.
    span: tuple[str, ...] = ()
    overlap: bool = False
    review_months: int = 0
    due: str = ""
    expires: str = ""
    lead_days: int = 30
    writes: tuple[str, ...] = (COMPANY,)
    reads: tuple[str, ...] = (COMPANY, REGULATOR)
    # A second person of the unit agrees before it counts.
    approval: bool = False
    # Whether a photo or document is asked for when it is entered.
    photo: bool = False
    # Columns by which an entry is known: once for each place.
    once: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    computed: tuple[Computed, ...] = ()
    factors: Mapping[str, tuple[Factor, ...]] | None = None
    # Of entries that share the value of a column the one that began last counts.
    series: str = ""
    pinned: str = ""
    # Texts that go out to people: personal data in them is refused.
    outgoing: tuple[str, ...] = ()
    # Columns that everybody reads on the page of the grid until the end of the span.
    public: tuple[str, ...] = ()
    # How many children an entry plans, and in which register.
    goal: str = ""
    goal_of: str = ""
    # Of a child: its column is taken from that of the parent, never more than there is.
    draws: str = ""
    draws_from: str = ""
    shown: tuple[str, ...] = ()
    # Longitude and latitude, to be drawn on the map of grids.
    points: tuple[str, ...] = ()
    closing: Mapping[str, Any] | None = None


class Definition:
    """One version of a register."""

    def __init__(self, form: Form, options: Options, closing: Form | None) -> None:
        self.form, self.options, self.closing = form, options, closing

    @property
    def code(self) -> str:
        return self.form.code

    @property
    def title(self) -> str:
        return self.form.title

    @cached_property
    def personal(self) -> frozenset[str]:
        """Columns that hold personal data: encrypted, and masked where they are shown."""
        return frozenset(column.key for column in self.form.columns if column.personal)

    @cached_property
    def name_column(self) -> str:
        return self.options.title or self.form.columns[0].key

    @cached_property
    def listed(self) -> tuple[Column, ...]:
        """Columns of the list beside the name."""
        if self.options.shown:
            known = {**self.form.by_key, **(self.closing.by_key if self.closing else {})}
            return tuple(known[key] for key in self.options.shown)
        rest = [one for one in self.form.columns if one.key != self.name_column]
        return tuple(one for one in rest if one.type != "text" or one.max_length <= 60)[:4]

    @cached_property
    def closing_photo(self) -> bool:
        return bool(self.options.closing and self.options.closing.get("photo"))

    @cached_property
    def workbook(self) -> Form:
        """The form of the workbook: where an entry belongs, then what the form asks for."""
        places = []
        if self.options.where != "unit":
            must = self.options.where == "grid"
            text = _("电力网格的编号。")
            places.append(Column(GRID, _("网格编号"), required=must, max_length=40, help=text))
        if self.options.of:
            must = not self.options.alone
            text = _("所属条目的编号。")
            places.append(Column(PARENT, _("所属编号"), required=must, max_length=40, help=text))
        if self.options.member:
            text = _("网格人员的工号。")
            places.append(Column(STAFF, _("工号"), required=True, max_length=40, help=text))
        return replace(self.form, columns=(*places, *self.form.columns))

    def factor(self, name: str, *, on: date) -> Factor | None:
        """The factor of that name that held on a day."""
        known = [one for one in (self.options.factors or {}).get(name, ()) if one.valid_from <= on]
        return max(known, key=lambda one: one.valid_from, default=None)

    def work_out(self, values: Mapping[str, Any], *, on: date) -> dict[str, str]:
        """The computed columns of an entry, by the factors of its day."""
        found = {}
        for one in self.options.computed:
            total = Decimal(0)
            for term in one.terms:
                amount = values.get(term.column)
                name = term.factor or str(values.get(term.by) or "")
                factor = self.factor(name, on=on) if name else None
                if amount is not None and (factor is not None or not name):
                    total += term.sign * Decimal(str(amount)) * (factor.value if factor else 1)
            found[one.key] = format(round(total, one.places), "f")
        return found

    def factors_used(self, values: Mapping[str, Any], *, on: date) -> list[tuple[str, Factor]]:
        """Which factors the computed columns of an entry follow."""
        names = {
            term.factor or str(values.get(term.by) or "")
            for one in self.options.computed
            for term in one.terms
        }
        found = [(name, self.factor(name, on=on)) for name in sorted(names) if name]
        return [(name, factor) for name, factor in found if factor is not None]

    def review_day(self, values: Mapping[str, Any], *, since: date) -> date | None:
        """By when somebody has to look at an entry again: its review, its deadline, or some days
        before it expires, whichever comes first."""
        asked = self.options
        days = []
        if asked.review_months:
            days.append(months_after(since, asked.review_months))
        if asked.due and values.get(asked.due):
            days.append(day_of(values[asked.due]))
        if asked.expires and values.get(asked.expires):
            days.append(day_of(values[asked.expires]) - timedelta(days=asked.lead_days))
        return min(days, default=None)

    def span_of(self, values: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
        """When it begins and ends, where it has a time; days last to their end."""
        if not self.options.span:
            return None, None
        first, last = self.options.span
        return start_of(values.get(first)), end_of(values.get(last))


def start_of(value: Any) -> datetime | None:
    if not value:
        return None
    text = str(value)
    return datetime.fromisoformat(text) if "T" in text else clock.at(date.fromisoformat(text))


def end_of(value: Any) -> datetime | None:
    if not value:
        return None
    text = str(value)
    if "T" in text:
        return datetime.fromisoformat(text)
    return clock.at(date.fromisoformat(text) + timedelta(days=1))


def day_of(value: Any) -> date:
    """The day of a stored day or instant."""
    return date.fromisoformat(str(value)[:10])


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=400)
def read(content: str) -> Definition:
    """A definition out of its stored text. Raises ``DefinitionError``."""
    data = json.loads(content)
    form = load_form(data)
    options = _options(form, dict(form.options))
    closing = None
    if options.closing:
        parts = {name: options.closing[name] for name in CLOSING if name in options.closing}
        head = {"code": f"{form.code}-closing", "title": form.title, "version": 1}
        closing = load_form({**head, **parts})
    made = Definition(form, options, closing)
    _examine(made)
    return made


def _options(form: Form, data: dict[str, Any]) -> Options:
    known = {one.name for one in fields(Options)}
    if unknown := set(data) - known:
        raise DefinitionError(f"{form.code}: {' '.join(sorted(unknown))}")
    for name, value in data.items():
        if isinstance(value, list):
            data[name] = tuple(value)
    try:
        data["rates"] = tuple(Rate(**one) for one in data.get("rates", ()))
        data["computed"] = tuple(
            Computed(**{**one, "terms": tuple(Term(**term) for term in one["terms"])})
            for one in data.get("computed", ())
        )
        data["factors"] = {
            name: tuple(
                Factor(Decimal(str(one["value"])), date.fromisoformat(one["from"]), one["source"])
                for one in rows
            )
            for name, rows in (data.get("factors") or {}).items()
        }
        return Options(**data)
    except (TypeError, KeyError, ValueError) as error:
        raise DefinitionError(f"{form.code}: {reason_of(error, known)}") from error


def _examine(one: Definition) -> None:
    """What holds between the entries of a definition."""
    told, form = one.options, one.form
    _known(one, set(told.writes) <= WRITERS and set(told.reads) <= READERS, "writes, reads")
    _known(one, told.where in PLACES, "where")
    _known(one, len(told.span) in (0, 2), "span")
    worked_out = {each.key for each in told.computed}
    closing = set(one.closing.by_key) if one.closing else set()
    for key in filter(None, _named(told)):
        if key not in form.by_key and key not in worked_out | closing:
            raise DefinitionError(f"{form.code}: {key}")
    _known(one, not closing & set(form.by_key), "closing")


def _named(told: Options) -> Iterable[str]:
    """Every column that the options name."""
    yield from (told.title, told.day, told.due, told.expires, told.series, told.pinned, told.goal)
    yield from (told.draws, *told.span, *told.counts, *told.by, *told.outgoing, *told.public)
    yield from (*told.shown, *told.once, *told.points)
    for rate in told.rates:
        yield from (*(rate.when or ()), *(rate.of or ()), rate.part, rate.whole)
    for one in told.computed:
        for term in one.terms:
            yield from (term.column, term.by)


def _known(one: Definition, holds: bool, what: str) -> None:
    if not holds:
        raise DefinitionError(f"{one.code}: {what}")
