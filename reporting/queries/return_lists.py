"""Lists of returns: what a unit owes, the board of an office, the calendar, the roll-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import workplaces
from core import components, sla
from reporting.models import Return, ReturnForm
from reporting.models.returns import OWED, ReturnQuerySet
from reporting.returns import definition, rollup
from reporting.returns.periods import Period
from reporting.workflow.returns import UNFILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = ("form", "organisation", "recipient", "current_version", "filed_version")
# Periods that a board shows side by side.
BOARD_PERIODS = 6
RETURNABLE = (*UNFILED_STATES, State.RETURNED)
# What was accepted counts as accepted also while its unit prepares a correction.
ACCEPTED = Q(state=State.ACCEPTED) | Q(state__in=UNFILED_STATES, accepted_version__isnull=False)
LATE = Q(first_late=True)


@dataclass(frozen=True)
class View:
    """One tab of a list: its key, its name and what belongs in it."""

    key: str
    label: Any
    wanted: Q

    def on(self, returns: ReturnQuerySet) -> ReturnQuerySet:
        return returns.filter(self.wanted)


COMPANY_VIEWS = (
    View("todo", gettext_lazy("待填报"), Q(state__in=RETURNABLE)),
    View("filed", gettext_lazy("已报送"), Q(state=State.SUBMITTED)),
    View("accepted", gettext_lazy("已通过"), ACCEPTED),
    View("late", gettext_lazy("逾期报送"), LATE),
    View("recheck", gettext_lazy("需要核对"), Q(recheck_at__isnull=False)),
    View("all", gettext_lazy("全部"), Q()),
)
DESK_VIEWS = (
    View("review", gettext_lazy("待审核"), Q(state=State.SUBMITTED)),
    View("missing", gettext_lazy("未报送"), OWED),
    View("accepted", gettext_lazy("已通过"), ACCEPTED),
    View("late", gettext_lazy("逾期报送"), LATE),
    View("all", gettext_lazy("全部"), Q()),
)


def own(user: User) -> ReturnQuerySet:
    """Returns of the companies in which the person works, and of those below them."""
    condition = Q(pk__in=())
    for place in workplaces(user, Permission.FILING_VIEW):
        if place.is_company:
            condition |= Q(organisation__path__startswith=place.path)
    return Return.objects.visible_to(user).filter(condition)


def is_company(user: User) -> bool:
    """Whether the person works in a company (and the lists show what its units owe)."""
    return any(place.is_company for place in workplaces(user, Permission.FILING_VIEW))


def waiting(user: User) -> ReturnQuerySet:
    """What the list shows first: to fill in for a company, to review for an office."""
    if is_company(user):
        return COMPANY_VIEWS[0].on(own(user))
    return DESK_VIEWS[0].on(Return.objects.visible_to(user))


def lamp(entry: Return, *, now: datetime) -> str:
    """The lamp of a return."""
    if not entry.owes and is_late(entry):
        return "late"
    return sla.lamp(now, entry.due_at, done=not entry.owes)


def is_late(entry: Return) -> bool:
    """Whether it first came late, or what was sent back came again too late."""
    filed = entry.filed_version
    return bool(entry.first_late) or (filed is not None and filed.is_late)


def state_words(entry: Return, *, now: datetime, filer: bool = False) -> str:
    """submitted, late or missing, in words (S1-2.2.1a). A draft is known to its unit only."""
    if entry.state in UNFILED_STATES and entry.first_late is not None:
        return _unfiled_again(entry, now=now, filer=filer)
    if entry.state in (State.SUBMITTED, State.ACCEPTED):
        return _late_words(entry) or entry.get_state_display()
    if entry.owes and now > entry.due_at:
        return _("逾期未补正") if entry.state == State.RETURNED else _("逾期未报")
    return entry.get_state_display()


def _late_words(entry: Return) -> str:
    if entry.first_late:
        return _("逾期报送")
    return _("逾期补正") if is_late(entry) else ""


def _unfiled_again(entry: Return, *, now: datetime, filer: bool) -> str:
    """A further version is being made of what was accepted or sent back."""
    if entry.is_correcting:
        return _("已通过（更正中）") if filer else _late_words(entry) or State.ACCEPTED.label
    if now > entry.due_at:
        return _("逾期未补正")
    return entry.get_state_display() if filer else str(State.RETURNED.label)


def board(form: ReturnForm, returns: Iterable[Return], *, now: datetime) -> components.Board:
    """Units by periods: who has filed, who late, who not (S1-2.2.1a)."""
    listed = list(returns)
    starts = sorted({entry.period_start for entry in listed})[-BOARD_PERIODS:]
    by_unit: dict[int, dict[date, Return]] = {}
    units: dict[int, Organisation] = {}
    for entry in listed:
        by_unit.setdefault(entry.organisation_id, {})[entry.period_start] = entry
        units[entry.organisation_id] = entry.organisation
    columns = [
        components.BoardColumn(
            Period(start, next(e.period_end for e in listed if e.period_start == start)).label
        )
        for start in starts
    ]
    rows = [
        components.BoardRow(
            str(units[pk]),
            [_cell(by_unit[pk].get(start), now=now) for start in starts],
        )
        for pk in sorted(units, key=lambda pk: units[pk].path)
    ]
    group = components.BoardGroup(form.title, rows)
    return components.Board(_("单位"), columns, [group], form.title)


def _cell(entry: Return | None, *, now: datetime) -> components.Cell:
    if entry is None:
        return components.Cell()
    words = state_words(entry, now=now)
    late = words in (_("逾期报送"), _("逾期未报"), _("逾期补正"), _("逾期未补正"))
    return components.Cell(
        lamp="late" if late else lamp(entry, now=now),
        text=words,
        url=reverse("reporting:return", args=[entry.pk]),
        title=f"{entry.organisation} {entry.form.title}",
    )


def counts(returns: ReturnQuerySet, *, now: datetime) -> dict[str, int]:
    """How many are due, filed in time, filed late, missing."""
    found: Counter[str] = Counter()
    due = returns.alias(first=Coalesce("first_due_at", "due_at")).filter(first__lte=now)
    for late in due.exclude(state=State.WAIVED).values_list("first_late", flat=True):
        found["due"] += 1
        if late is None:
            found["missing"] += 1
        else:
            found["late" if late else "in_time"] += 1
    return {name: found[name] for name in ("due", "in_time", "late", "missing")}


def calendar_days(
    returns: ReturnQuerySet, *, month: date, now: datetime
) -> list[tuple[date, list[dict[str, Any]]]]:
    """The deadlines of a month: per day each form with how many are due and still missing."""
    first = month.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1)
    found: dict[date, dict[str, dict[str, Any]]] = {}
    from core import clock

    rows = returns.filter(due_at__gte=clock.at(first), due_at__lt=clock.at(last))
    for entry in rows.select_related("form").order_by("due_at", "code"):
        day = clock.day_of(entry.due_at)
        one = found.setdefault(day, {}).setdefault(
            entry.code,
            {
                "form": entry.form,
                "at": entry.due_at,
                "period": Period(entry.period_start, entry.period_end).label,
                "due": 0,
                "missing": 0,
                "url": f"{reverse('reporting:return_list')}?code={entry.code}&view=all",
            },
        )
        one["due"] += 1
        one["missing"] += entry.owes
        one["lamp"] = sla.lamp(now, entry.due_at, done=not one["missing"])
    return [(day, list(found[day].values())) for day in sorted(found)]


def rolled(code: str, start: date, user: User) -> tuple[list[rollup.Rolled], Any]:
    """The roll-up of one form and period over the units in sight, with the form's definition."""
    entries = list(
        Return.objects.visible_to(user)
        .filter(code=code, period_start=start)
        .exclude(state=State.WAIVED)
        .select_related("organisation", "accepted_version", "form")
        .order_by("organisation__path")
    )
    if not entries:
        return [], None
    meant = definition.of(entries[0].form)
    by_unit = {entry.organisation_id: entry for entry in entries}

    def make(unit: Organisation, children: tuple[rollup.Unit, ...]) -> rollup.Unit:
        accepted = by_unit[unit.pk].accepted_version
        own_figures = rollup.figures(meant.sums, accepted.rows) if accepted else None
        return rollup.Unit(unit.pk, str(unit), True, own_figures, children)

    trees = rollup.tree([entry.organisation for entry in entries], make)
    return [rollup.roll(tree) for tree in trees], meant
