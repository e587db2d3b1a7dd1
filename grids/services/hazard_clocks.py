"""The deadline of a hazard: from its first grading on, by the rule of its grade on that day.

Source: grid standard 5.6.1 (S2-5.6.1c): due date with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit, clock, outbox, sla, workdays
from core.errors import Refused
from core.locking import held
from core.signals import calendar_changed
from grids.hazards.moves import RUNNING
from grids.models import GridRule, Hazard
from grids.models.rules import nearest

JOB = "grids.hazard-recompute"
COLUMNS = ["due_at", "provisional", "explanation"]
UNITS = {
    "分钟": sla.Unit.MINUTES,
    "小时": sla.Unit.HOURS,
    "天": sla.Unit.CALENDAR_DAYS,
    "工作日": sla.Unit.WORKING_DAYS,
}
GRADED = gettext_noop("隐患定级")


def rule_of(code: str, hazard: Hazard, *, at: datetime) -> GridRule | None:
    """The rule of the unit on a day: its own, of the nearest above, else the one for everybody."""
    on = clock.day_of(at)
    known = GridRule.objects.filter(code=code, valid_from__lte=on).select_related("organisation")
    return nearest(known, hazard.organisation)


def begin(hazard: Hazard, *, now: datetime) -> None:
    """Take the limit of the grade as it is on the day of the first grading, and compute the
    deadline, without writing it. Raises ``Refused`` where no rule says how long."""
    assert hazard.grade is not None
    hazard.graded_at = hazard.graded_at or now
    rule = rule_of(f"hazard_due_{hazard.grade.code}", hazard, at=hazard.graded_at)
    if rule is None or rule.unit not in UNITS:
        text = _("没有规定%(grade)s隐患的治理期限，请先在网格规则中设定。")
        raise Refused(text % {"grade": hazard.grade.title})
    hazard.limit = {"value": rule.value, "unit": rule.unit, "basis": rule.basis}
    reckon(hazard)


def reckon(hazard: Hazard, calendar: workdays.WorkCalendar | None = None) -> None:
    """Compute the deadline, without writing it."""
    assert hazard.graded_at is not None
    due = sla.due(
        hazard.graded_at,
        _allowance(hazard.limit),
        calendar=calendar or workdays.calendar(),
        extension=[_allowance(one) for one in hazard.extensions],
    )
    assert hazard.grade is not None
    head = {"text": GRADED, "value": hazard.grade.title, "source": hazard.limit["basis"]}
    hazard.due_at, hazard.provisional = due.due_at, due.provisional
    hazard.explanation = [head, *due.explanation]


def _allowance(said: dict[str, Any]) -> sla.Allowance:
    return sla.Allowance(said["value"], UNITS[said["unit"]], document=said["basis"])


def room(hazard: Hazard, *, at: datetime) -> tuple[int, str]:
    """How much may still be added to the deadline, and its unit: the cap is data."""
    if hazard.grade is None:
        return 0, ""
    rule = rule_of(f"hazard_extend_{hazard.grade.code}", hazard, at=at)
    if rule is None:
        return 0, hazard.limit.get("unit", "")
    return rule.value - sum(one["value"] for one in hazard.extensions), rule.unit


# --- Another calendar -----------------------------------------------------------------------------


def running() -> QuerySet[Hazard]:
    """Hazards whose deadline may move."""
    rows = Hazard.objects.filter(state__in=RUNNING, due_at__isnull=False)
    return rows.select_related("grade", "organisation").order_by("pk")


@workdays.register_impact
def impact(
    old: workdays.WorkCalendar, new: workdays.WorkCalendar
) -> Iterator[tuple[str, str, datetime, datetime]]:
    """What a new calendar would move."""
    for hazard in running():
        reckon(hazard, old)
        before = hazard.due_at
        reckon(hazard, new)
        if before is not None and hazard.due_at is not None and before != hazard.due_at:
            yield hazard.number, reverse("grids:hazard", args=[hazard.pk]), before, hazard.due_at


@receiver(calendar_changed, dispatch_uid="grids.hazard-recompute")
def recompute_later(
    sender: Any, *, year: int, days: frozenset[date], now: datetime, **_kwargs: Any
) -> None:
    """Post the work as a job: the transaction of the change does not wait for it."""
    outbox.post(key=f"{JOB}-{year}-{now.isoformat()}", channel="job", kind=JOB, now=now)


def recompute(*, now: datetime) -> int:
    """Bring running deadlines in line with the calendar that counts now; how many moved."""
    calendar = workdays.calendar(now=now)
    return sum(_recompute(one.pk, calendar, now) for one in list(running()))


@transaction.atomic
def _recompute(pk: int, calendar: workdays.WorkCalendar, now: datetime) -> bool:
    hazard = held(Hazard.objects, pk, "grade", "organisation")
    if hazard.state not in RUNNING or hazard.due_at is None:
        return False
    before = (hazard.due_at, hazard.provisional)
    reckon(hazard, calendar)
    if before == (hazard.due_at, hazard.provisional):
        return False
    hazard.save(update_fields=COLUMNS)
    audit.record(
        "hazard.recompute",
        hazard,
        by=None,
        now=now,
        organisation=hazard.organisation,
        old_due_at=before[0].isoformat(),
        new_due_at=hazard.due_at.isoformat() if hazard.due_at else "",
    )
    return True
