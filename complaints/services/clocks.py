"""Clocks of a case: started, stopped, paused and lengthened by what happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import F, Max, Min
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Case, CaseClock, ClockExtension, ClockPause
from complaints.privacy import spoken
from complaints.procedure_definition import RECEIVED, ClockRule, Definition, Rung
from complaints.services import local_limits
from complaints.workflow import DONE, TICKING, ClockState, State
from core import clock as time
from core import sla, workdays
from core.errors import Refused
from core.workdays import WorkCalendar

# Rungs counted in days come at the beginning of the working day.
HOUR_OF_RUNGS = 9
NOTE = 300
ENDS_ALL = (State.WITHDRAWN, State.MERGED, State.ARCHIVED)


def strike(case: Case, rules: Definition, what: str, *, at: datetime) -> None:
    """Let an act (or the receipt) do to every clock what the procedure says."""
    calendar = workdays.calendar(now=at)
    standing = {clock.code: clock for clock in case.clocks.filter(state__in=TICKING)}
    for code, rule in rules.clocks.items():
        clock = standing.get(code)
        if clock is not None and what in rule.voids_on:
            end(clock, at=at, calendar=calendar, void=True)
            clock = None
        if clock is not None and what in rule.stops_on:
            end(clock, at=at, calendar=calendar)
            clock = None
        if clock is None and what in rule.starts_on:
            start(case, rule, at=at, calendar=calendar)
    if case.state in DONE:
        _silence(case, rules, at=at, calendar=calendar)
    refresh(case)


def _silence(case: Case, rules: Definition, *, at: datetime, calendar: WorkCalendar) -> None:
    """Nobody has to act any more: only clocks that survive (a return visit) go on."""
    for clock in case.clocks.filter(state__in=TICKING):
        if case.state in ENDS_ALL or not rules.clocks[clock.code].survives:
            end(clock, at=at, calendar=calendar, void=True)


def start(case: Case, rule: ClockRule, *, at: datetime, calendar: WorkCalendar) -> CaseClock:
    """Begin a new round of a clock."""
    before = case.clocks.filter(code=rule.code).aggregate(last=Max("round"))["last"] or 0
    clock = fresh(case, rule, at=at, calendar=calendar, round=before + 1)
    clock.save(force_insert=True)
    return clock


def fresh(
    case: Any,
    rule: ClockRule,
    *,
    at: datetime,
    calendar: WorkCalendar,
    round: int = 1,
    make: Any = CaseClock,
) -> Any:
    """A clock that begins to run, not saved yet; ``make`` for another holder of its values."""
    value, unit, basis = local_limits.of(case, rule, at=at)
    clock = make(
        case=case,
        code=rule.code,
        round=round,
        state=ClockState.RUNNING,
        started_at=at,
        stopped_at=None,
        allowance={"value": value, "unit": unit},
        basis=basis,
    )
    _reckon(clock, (), (), calendar)
    clock.next_step_at = next_step(rule, clock, after=at, calendar=calendar)
    return clock


def end(clock: CaseClock, *, at: datetime, calendar: WorkCalendar, void: bool = False) -> None:
    """Stop a clock: met, late, or not counted at all. A pause that stands ends with it."""
    if clock.state == ClockState.PAUSED:
        # Told later, it may have happened before somebody let the time stand still.
        standing = clock.pauses.filter(end__isnull=True)
        standing.filter(start__lte=at).update(end=at)
        standing.update(end=F("start"))
        reckon(clock, calendar)
    _stop(clock, at)
    if void:
        clock.state = ClockState.VOID
    clock.save()


def _stop(clock: Any, at: datetime) -> None:
    # The second named 23:59:59 belongs to the period to its end.
    late = at >= clock.due_at + timedelta(seconds=1)
    clock.state = ClockState.LATE if late else ClockState.MET
    clock.stopped_at, clock.next_step_at = at, None


def reckon(clock: CaseClock, calendar: WorkCalendar) -> None:
    """Compute the deadline again from what is stored."""
    _reckon(
        clock,
        list(clock.pauses.filter(end__isnull=False)),
        list(clock.extensions.all()),
        calendar,
    )


def _reckon(clock: CaseClock, pauses: Any, extensions: Any, calendar: WorkCalendar) -> None:
    due = sla.due(
        clock.started_at,
        sla.Allowance(clock.allowance["value"], clock.allowance["unit"], clock.basis),
        calendar=calendar,
        pauses=[sla.Pause(p.start, p.end, p.document_number) for p in pauses],
        extension=[sla.Allowance(e.value, e.unit, e.document_number) for e in extensions],
    )
    clock.due_at, clock.provisional = due.due_at, due.provisional
    clock.explanation = [dict(line) for line in due.explanation]


def refresh(case: Case) -> None:
    """Keep the earliest deadline of the running clocks beside the case (not saved here)."""
    found = case.clocks.filter(state=ClockState.RUNNING).aggregate(first=Min("due_at"))
    case.due_at = found["first"]


def limit_again(case: Case, rules: Definition, *, at: datetime) -> None:
    """Let the clocks that run follow the local limits as they are now known of the case."""
    calendar = workdays.calendar(now=at)
    for clock in case.clocks.filter(state=ClockState.RUNNING):
        rule = rules.clocks[clock.code]
        value, unit, clock.basis = local_limits.of(case, rule, at=clock.started_at)
        clock.allowance = {"value": value, "unit": unit}
        reckon(clock, calendar)
        clock.next_step_at = next_step(rule, clock, after=at, calendar=calendar)
        clock.save()
    refresh(case)


# --- Pause, resume, extend -----------------------------------------------------------------------


def named(case: Case, code: str, *, state: str) -> CaseClock:
    """The clock of a case by its code. Raises ``Refused`` where none is in that state."""
    clock = case.clocks.filter(code=code, state=state).first()
    if clock is None:
        raise Refused(_("该时限当前不能这样办理。"))
    return clock


def pause(
    case: Case, rules: Definition, answers: dict[str, Any], *, by: User, at: datetime
) -> None:
    """Stop the time for a reason. Raises ``Refused``."""
    clock = named(case, answers["clock"], state=ClockState.RUNNING)
    if not rules.clocks[clock.code].pausable:
        raise Refused(_("该时限不能暂停。"))
    if at >= clock.due_at + timedelta(seconds=1):
        raise Refused(_("时限已过，不能暂停。"))
    ClockPause.objects.create(
        clock=clock,
        start=at,
        reason=answers["reason"],
        note=_note(case, answers),
        document_number=answers["document_number"],
        by=by,
    )
    clock.state, clock.next_step_at = ClockState.PAUSED, None
    clock.save(update_fields=["state", "next_step_at"])
    refresh(case)


def resume(case: Case, rules: Definition, answers: dict[str, Any], *, at: datetime) -> None:
    """Let the time run again; the deadline moves by the length of the pause."""
    clock = named(case, answers["clock"], state=ClockState.PAUSED)
    calendar = workdays.calendar(now=at)
    clock.pauses.filter(end__isnull=True).update(end=at)
    reckon(clock, calendar)
    clock.state = ClockState.RUNNING
    clock.next_step_at = next_step(rules.clocks[clock.code], clock, after=at, calendar=calendar)
    clock.save()
    refresh(case)


def extend(
    case: Case, rules: Definition, answers: dict[str, Any], *, by: User, at: datetime
) -> CaseClock:
    """Give a clock more time, all together at most its cap. Raises ``Refused``."""
    clock = named(case, answers["clock"], state=ClockState.RUNNING)
    cap = rules.clocks[clock.code].cap
    if cap is None:
        raise Refused(_("该时限不能延长。"))
    if at >= clock.due_at + timedelta(seconds=1):
        raise Refused(_("时限已过，不能延长。"))
    given = sum(one.value for one in clock.extensions.all())
    if given + answers["value"] > cap[0]:
        raise Refused(
            _("延长合计不能超过%(cap)d（已延长%(given)d）：%(basis)s")
            % {"cap": cap[0], "given": given, "basis": clock.basis}
        )
    ClockExtension.objects.create(
        clock=clock,
        value=answers["value"],
        unit=cap[1],
        ground=answers["ground"],
        note=_note(case, answers),
        approver=by,
        document_number=answers["document_number"],
        at=at,
    )
    calendar = workdays.calendar(now=at)
    reckon(clock, calendar)
    clock.next_step_at = next_step(rules.clocks[clock.code], clock, after=at, calendar=calendar)
    clock.save()
    refresh(case)
    return clock


def _note(case: Case, answers: dict[str, Any]) -> str:
    """The words beside the clock; as they were said they stand in the timeline, encrypted."""
    return spoken(answers["text"], case)[:NOTE]


# --- The ladder ----------------------------------------------------------------------------------


def moment(rung: Rung, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """When a rung comes: so long before or after the deadline; days begin at nine."""
    if rung.unit in (sla.Unit.MINUTES, sla.Unit.HOURS):
        return due_at + timedelta(**{rung.unit: rung.value})
    day: date = due_at.astimezone(time.ZONE).date()
    if rung.unit == sla.Unit.WORKING_DAYS:
        day = calendar.add_workdays(day, int(rung.value))
    else:
        day += timedelta(days=rung.value)
    return time.at(day, HOUR_OF_RUNGS)


def next_step(
    rule: ClockRule, clock: CaseClock, *, after: datetime, calendar: WorkCalendar
) -> datetime | None:
    """The next rung of a clock after an instant."""
    moments = (moment(rung, clock.due_at, calendar) for rung in rule.ladder)
    return min((one for one in moments if one > after), default=None)


def from_receipt(
    case: Any,
    rules: Definition,
    *,
    calendar: WorkCalendar,
    happened: Sequence[tuple[str, datetime]] = (),
    make: Any = SimpleNamespace,
) -> list[Any]:
    """What runs from the receipt, for a case that has no clocks yet; its earliest deadline is set.

    ``happened``: acts that were done before the case came here. Of a case that is done only the
    clocks that they stopped are told. Bare values, or ``make`` for another holder of them.
    """
    done = case.state in DONE
    found: list[Any] = []
    for what, at in [(RECEIVED, case.received_at), *happened]:
        for clock in found:
            if clock.state == ClockState.RUNNING and what in rules.clocks[clock.code].stops_on:
                _stop(clock, at)
        found += [
            fresh(case, rule, at=at, calendar=calendar, make=make)
            for rule in rules.clocks.values()
            if what in rule.starts_on
        ]
    if done:
        case.due_at = None
        return [clock for clock in found if clock.state != ClockState.RUNNING]
    running = (clock.due_at for clock in found if clock.state == ClockState.RUNNING)
    case.due_at = min(running, default=None)
    return found
