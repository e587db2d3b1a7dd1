"""Whether the dates of a draft make sense, and which field is wrong. Pure but for the bounds.

The form shows each fault at its field, the service refuses with the first; both ask ``faults``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.rules import Book
from core.errors import Refused

FIRST, LAST = "first", "last"
# Number of a phase or code of a duty to (first day, last day).
Chosen = Mapping[Any, tuple[date, date]]


@dataclass(frozen=True)
class Span:
    """First and last day of a phase or a duty; ``key`` is its number or code."""

    kind: str  # "phase" or "duty"
    key: Any
    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Fault:
    """What is wrong with one end of a span."""

    kind: str
    key: Any
    end: str
    message: str


@dataclass(frozen=True)
class Bounds:
    """How far from today a campaign may reach, and how long it may last."""

    first: date
    last: date
    years: int


def bounds(*, on: date) -> Bounds | None:
    """The bounds that the rules lay down on a day; None without rules."""
    book = Book([])
    keys = ("campaign_years_before", "campaign_years_after", "campaign_length_years")
    before, after, years = (book.value(key, None, on=on) for key in keys)
    if before is None or after is None or years is None:
        return None
    return Bounds(date(on.year - before, 1, 1), date(on.year + after, 12, 31), years)


def outside(day: date, *, on: date) -> str:
    """Why a day is out of bounds on the day ``on``; empty when it is within them."""
    limits = bounds(on=on)
    if limits is None or limits.first <= day <= limits.last:
        return ""
    return _("日期应在%(first)s至%(last)s之间。") % {
        "first": limits.first.isoformat(),
        "last": limits.last.isoformat(),
    }


def spans(
    campaign: Campaign, *, phases: Chosen | None = None, duties: Chosen | None = None
) -> list[Span]:
    """What a campaign holds, phases first, with the chosen dates instead where there are any."""
    by_number, by_code = phases or {}, duties or {}
    found = [
        Span("phase", p.number, p.name, *by_number.get(p.number, (p.starts_on, p.ends_on)))
        for p in campaign.phases.order_by("number")
    ]
    found += [
        Span("duty", d.code, d.title, *by_code.get(d.code, (d.opens_on, d.due_on)))
        for d in campaign.definitions.all()
    ]
    return found


def check(found: Sequence[Span], *, on: date) -> None:
    """Raise ``Refused`` with the first fault under the rules of a day."""
    for fault in faults(found, bounds(on=on)):
        raise Refused(fault.message)


def faults(found: Sequence[Span], limits: Bounds | None) -> list[Fault]:
    """Every fault of the spans; phases come in the order of their numbers."""
    phases = [span for span in found if span.kind == "phase"]
    wrong = [fault for span in found for fault in _alone(span, limits)]
    wrong += _overlaps(phases)
    if not wrong and phases:
        wrong += _length(phases, limits)
        wrong += _outside([span for span in found if span.kind == "duty"], phases)
    return wrong


def _alone(span: Span, limits: Bounds | None) -> Iterable[Fault]:
    if span.last < span.first:
        message = _("“%(name)s”的结束日期早于开始日期。") % {"name": span.name}
        yield Fault(span.kind, span.key, LAST, message)
    if limits is None:
        return
    for end, day in ((FIRST, span.first), (LAST, span.last)):
        if not limits.first <= day <= limits.last:
            message = _("“%(name)s”的日期应在%(first)s至%(last)s之间。") % {
                "name": span.name,
                "first": limits.first.isoformat(),
                "last": limits.last.isoformat(),
            }
            yield Fault(span.kind, span.key, end, message)


def _overlaps(phases: Sequence[Span]) -> list[Fault]:
    return [
        Fault(
            "phase",
            after.key,
            FIRST,
            _("第%(number)d阶段与上一阶段的日期重叠。") % {"number": after.key},
        )
        for before, after in zip(phases, phases[1:], strict=False)
        if after.first <= before.last
    ]


def _length(phases: Sequence[Span], limits: Bounds | None) -> list[Fault]:
    begins, ends = phases[0].first, phases[-1].last
    if limits is None or ends.year - begins.year <= limits.years:
        return []
    message = _("专项行动前后不能超过%(years)d年。") % {"years": limits.years}
    return [Fault("phase", phases[-1].key, LAST, message)]


def _outside(duties: Sequence[Span], phases: Sequence[Span]) -> list[Fault]:
    begins, ends = phases[0].first, phases[-1].last
    return [
        Fault(
            "duty",
            span.key,
            LAST,
            _("“%(name)s”的截止日期不在专项行动期间（%(first)s至%(last)s）。")
            % {"name": span.name, "first": begins.isoformat(), "last": ends.isoformat()},
        )
        for span in duties
        if not begins <= span.last <= ends
    ]
