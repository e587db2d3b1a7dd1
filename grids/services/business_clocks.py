"""The clocks of a request's steps, and what they come to at its end.

Source: grid standard 5.3.1 (S2-5.3.1e), 5.3.2 (S2-5.3.2c).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from core import clock, sla, workdays
from grids.business.definition import Actor, title_of
from grids.models import BusinessRequest, BusinessStep

if TYPE_CHECKING:
    from accounts.models import User

# Why a clock stands; translated where the explanation is shown.
WAITING = gettext_noop("一次性告知应补材料")
ENDED = ("done_at", "done_by", "note", "pauses")
TIMED = ("started_at", "due_at", "provisional", "explanation", "pauses")


def start(request: BusinessRequest, step: BusinessStep, *, now: datetime) -> None:
    """A step begins: its deadline follows from the limit of the version that the request is of."""
    step.started_at = now
    reckon(request, step)
    _keep(request, step, now=now)


def pause(request: BusinessRequest, step: BusinessStep, *, now: datetime) -> None:
    """The customer has to bring something: the clock stands."""
    step.pauses = [*step.pauses, {"from": now.isoformat(), "to": "", "document": WAITING}]
    _keep(request, step, now=now)
    request.due_at = None
    request.save(update_fields=["due_at"])


def resume(request: BusinessRequest, step: BusinessStep, *, now: datetime) -> None:
    """Everything is there: the deadline moves by as long as the clock stood."""
    step.pauses = [*step.pauses[:-1], {**step.pauses[-1], "to": now.isoformat()}]
    reckon(request, step)
    _keep(request, step, now=now)


def finish(step: BusinessStep, *, by: User | None, note: str, now: datetime) -> None:
    """A step is done."""
    step.done_at, step.done_by, step.note = now, by, note
    step.save(update_fields=ENDED)


def _keep(request: BusinessRequest, step: BusinessStep, *, now: datetime) -> None:
    step.save(update_fields=TIMED)
    request.due_at, request.updated_at = step.due_at, now
    request.save(update_fields=["due_at", "updated_at"])


def pauses_of(step: BusinessStep) -> list[sla.Pause]:
    """The times in which its clock stood, those that are over."""
    return [
        sla.Pause(_instant(one["from"]), _instant(one["to"]), one["document"])
        for one in step.pauses
        if one["to"]
    ]


def reckon(
    request: BusinessRequest, step: BusinessStep, calendar: workdays.WorkCalendar | None = None
) -> None:
    """Compute its deadline, without writing it. A step without a limit has none."""
    definition = request.type.definition
    told = definition.step(step.code)
    if told.limit is None or step.started_at is None:
        step.due_at, step.provisional, step.explanation = None, False, []
        return
    due = sla.due(
        step.started_at,
        told.limit.allowance(definition.rules),
        calendar=calendar or workdays.calendar(),
        pauses=pauses_of(step),
    )
    head = {
        "text": step.title,
        "value": f"{request.type.title} {request.type.code}/{request.type.version}",
        "source": title_of(definition.rules, told.rule),
    }
    step.due_at, step.provisional = due.due_at, due.provisional
    step.explanation = [head, *due.explanation]


def figures(
    request: BusinessRequest, steps: list[BusinessStep], *, now: datetime
) -> dict[str, Any]:
    """What it took: working days in all and of the company, and who was in time.

    A day on which something began does not count, one on which it ended does; days on which the
    clock stood are left out of the company's.
    """
    calendar = workdays.calendar()
    whole = _days(calendar, request.passed_at, now)
    ours = [one for one in steps if one.actor == Actor.COMPANY]
    theirs = [one for one in steps if one.joint or one.actor == Actor.GOVERNMENT]
    taken = sum(_worked(calendar, one) for one in ours)
    in_time = not any(one.late(_ended(one)) for one in ours)
    if (total := request.type.definition.total) is not None:
        in_time = in_time and taken <= total.value
    government = [
        one.late(one.government_signed_at if one.joint else one.done_at) for one in theirs
    ]
    return {
        "days": whole,
        "company_days": taken,
        "in_time": in_time,
        "government_in_time": not any(government) if theirs else None,
    }


def _ended(step: BusinessStep) -> datetime | None:
    """When the company had done its part."""
    return step.company_signed_at if step.joint else step.done_at


def _worked(calendar: workdays.WorkCalendar, step: BusinessStep) -> int:
    ended = _ended(step)
    if step.started_at is None or ended is None:
        return 0
    stood = sum(_days(calendar, one.start, one.end) for one in pauses_of(step))
    return max(_days(calendar, step.started_at, ended) - stood, 0)


def _days(calendar: workdays.WorkCalendar, start: datetime, end: datetime) -> int:
    return calendar.count_workdays(_day(start), _day(end))


def _day(moment: datetime) -> Any:
    return clock.day_of(moment)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
