"""What a repair leaves behind: arrival, restoration, and how many households were without power.

Handlers say it on the page, systems through the interface, files when they are imported; all of it
stands in one place (S1-2.1.1i).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from complaints.models import Case, Repair
from complaints.workflow import DONE, FAULT, Act, State
from core.errors import Refused

if TYPE_CHECKING:
    from complaints.services.records import Record

# An interruption that began longer before the report is a mistyped date.
LONGEST = timedelta(days=30)
# So many households no fault of one case reaches.
MOST_HOUSEHOLDS = 9_999_999
# Where a repair may have come before a case was entered here.
ON_SITE = (State.ARRIVED, State.RESTORED, State.REPLIED, *DONE)


# --- As a case is handed in -----------------------------------------------------------------------


def acts_of(record: Record) -> list[tuple[str, datetime]]:
    """What was done on site before the case came here, in order."""
    done = ((Act.ARRIVE, record.arrived_at), (Act.RESTORE, record.restored_at))
    return [(what, at) for what, at in done if at is not None]


def row_of(record: Record) -> dict[str, Any] | None:
    """The columns of its first repair; None where the record says nothing of one."""
    found = {
        "interrupted_at": record.interrupted_at,
        "arrived_at": record.arrived_at,
        "restored_at": record.restored_at,
        "households": record.households,
    }
    if all(value is None for value in found.values()):
        return None
    return {"started_at": record.received_at, **found}


def wrong(record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with the repair of a record, by field."""
    if record.nature != FAULT:
        yield "nature", _("只有故障报修填写停电、到场、复电时间和停电户数。")
        return
    state = record.state
    arrived, restored = record.arrived_at, record.restored_at
    if (arrived or restored) and state not in ON_SITE:
        yield "state", _("填写了到场、复电时间的，状态须为已到场或其后的状态。")
    if arrived and not record.received_at <= arrived <= now:
        yield "arrived_at", _("到达现场时间须在受理时间之后，且不晚于现在。")
    if restored and (why_not := _restored_wrongly(record, now)):
        yield "restored_at", why_not
    if record.interrupted_at and (why_not := _interrupted(record, restored or now)):
        yield "interrupted_at", why_not
    if record.households is not None and not 0 <= record.households <= MOST_HOUSEHOLDS:
        yield "households", _("停电户数须为0到%(most)d的整数。") % {"most": MOST_HOUSEHOLDS}


def _restored_wrongly(record: Record, now: datetime) -> str:
    restored, closed = record.restored_at, record.closed_at
    assert restored is not None
    if record.arrived_at is None:
        return _("填写了恢复供电时间的，须填写到达现场时间。")
    if record.state == State.ARRIVED:
        return _("状态为已到场的，不填恢复供电时间。")
    if not record.arrived_at <= restored <= min(now, closed or now):
        return _("恢复供电时间须在到达现场之后，且不晚于办结和现在。")
    return ""


def _interrupted(record: Record, until: datetime) -> str:
    assert record.interrupted_at is not None
    return interruption_refusal(record.interrupted_at, since=record.received_at, until=until)


def interruption_refusal(interrupted: datetime, *, since: datetime, until: datetime) -> str:
    """Why an interruption cannot have begun then; empty where it can."""
    if since - LONGEST <= interrupted <= until:
        return ""
    return _("停电开始时间须不晚于恢复供电，且不早于报修前%(days)d天。") % {"days": LONGEST.days}


# --- As it goes on --------------------------------------------------------------------------------


def arrive(case: Case, *, at: datetime) -> None:
    """Somebody is on site."""
    standing = _last(case)
    if standing is None:
        Repair.objects.create(case=case, started_at=case.received_at, arrived_at=at)
    else:
        standing.arrived_at = at
        standing.save(update_fields=["arrived_at"])


def restore(
    case: Case, *, households: int | None, interrupted_at: datetime | None, at: datetime
) -> None:
    """Power is back. What was told before stays where nothing is told now. Raises ``Refused``."""
    repair = _last(case) or Repair(case=case, started_at=case.received_at)
    if interrupted_at is not None:
        before = case.repairs.restored().exclude(pk=repair.pk).last()
        if why_not := interruption_refusal(interrupted_at, since=repair.started_at, until=at):
            raise Refused(why_not)
        if before is not None and interrupted_at < before.restored_at:
            raise Refused(_("停电开始时间早于上一次恢复供电。"))
        repair.interrupted_at = interrupted_at
    if households is not None:
        repair.households = households
    repair.restored_at = at
    repair.save()


def again(case: Case, *, at: datetime) -> None:
    """Work begins again. Power that was back went off anew; else the same outage goes on."""
    standing = _last(case)
    if standing is None:
        return
    if standing.restored_at is None:
        standing.arrived_at = None
        standing.save(update_fields=["arrived_at"])
        return
    Repair.objects.create(case=case, round=standing.round + 1, started_at=at)


def _last(case: Case) -> Repair | None:
    return case.repairs.order_by("-round").first()
