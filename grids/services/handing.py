"""Hand-overs: a manager gives a grid with its open work to a successor who accepts it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import Refused
from core.locking import held
from grids import access, notifications, open_work, signals
from grids.models import Assignment, GridMember, HandOver, PowerGrid
from grids.services import people
from grids.services.ground import lock

State = HandOver.State


@transaction.atomic
def propose(
    grid: PowerGrid,
    *,
    successor: GridMember,
    effective_at: datetime,
    reason: str,
    by: User | None,
    now: datetime,
) -> HandOver:
    """Ask a successor to take over; nothing changes before they accept. Raises ``Refused``."""
    grid = lock(grid, by=by)
    effective_at = people.not_before(effective_at, now)
    if not reason.strip():
        raise Refused(_("请写明交接原因。"))
    row = _manager_at(grid, effective_at)
    if row is None:
        raise Refused(_("该网格届时没有网格经理，请直接任命。"))
    if row.principal_id == successor.pk:
        raise Refused(_("接收人已是该网格的网格经理。"))
    _check(grid, successor)
    if grid.hand_overs.proposed().exists():
        raise Refused(_("该网格已有一件交接等待接收。"))
    made = HandOver.objects.create(
        grid=grid,
        former=row.principal,
        successor=successor,
        reason=reason.strip()[:200],
        effective_at=effective_at,
        proposed_by=by,
        proposed_at=now,
    )
    audit.record(
        "grid.hand_over",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        reason=made.reason,
        former=row.principal_id,
        successor=successor.pk,
        effective_at=effective_at.isoformat(),
    )
    notifications.post(notifications.hand_over_proposed(made), now=now)
    return made


@transaction.atomic
def accept(hand_over: HandOver, *, by: User, now: datetime) -> HandOver:
    """The successor takes the grid: from the instant that was asked for, or from now where that has
    passed. Raises ``Refused``."""
    hand_over, grid = _locked(hand_over)
    if why_not := refusal(hand_over, by=by):
        raise Refused(why_not)
    at = max(hand_over.effective_at, now)
    row = _manager_at(grid, at)
    if row is None or row.principal_id != hand_over.former_id:
        raise Refused(_("网格经理已经变动，请撤回后重新发起。"))
    _check(grid, hand_over.successor)
    people.end_tenure(grid, Assignment.Post.MANAGER, hand_over.former, at)
    later = people.rows_of(grid).managers().filter(starts_at__gte=at).order_by("starts_at").first()
    Assignment.objects.create(
        power_grid=grid,
        post=Assignment.Post.MANAGER,
        member=hand_over.successor,
        principal=hand_over.successor,
        starts_at=at,
        ends_at=later.starts_at if later else None,
        reason=hand_over.reason,
        created_by=by,
        created_at=now,
    )
    hand_over.state, hand_over.decided_at, hand_over.effective_at = State.ACCEPTED, now, at
    hand_over.save(update_fields=["state", "decided_at", "effective_at"])
    audit.record(
        "grid.accept_hand_over",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        hand_over=hand_over.pk,
        effective_at=at.isoformat(),
    )
    if at <= now:
        _move(hand_over, by=by, now=now)
    notifications.post(notifications.hand_over_decided(hand_over), now=now)
    return hand_over


@transaction.atomic
def decline(hand_over: HandOver, *, remark: str, by: User, now: datetime) -> HandOver:
    """The successor does not take the grid; whoever has it keeps it. Raises ``Refused``."""
    hand_over, grid = _locked(hand_over)
    if why_not := refusal(hand_over, by=by):
        raise Refused(why_not)
    if not remark.strip():
        raise Refused(_("请写明不接收的原因。"))
    return _close(hand_over, grid, State.DECLINED, remark, by=by, now=now)


@transaction.atomic
def withdraw(hand_over: HandOver, *, by: User | None, now: datetime) -> HandOver:
    """Take back what nobody accepted yet. Raises ``Refused``."""
    hand_over, grid = _locked(hand_over)
    if why_not := access.refusal(grid.organisation, by=by):
        raise Refused(why_not)
    if hand_over.state != State.PROPOSED:
        raise Refused(_("该交接已经办结。"))
    return _close(hand_over, grid, State.WITHDRAWN, "", by=by, now=now)


def refusal(hand_over: HandOver, *, by: User) -> str:
    """Why a person may not accept or decline; empty: they may."""
    if hand_over.state != State.PROPOSED:
        return _("该交接已经办结。")
    if hand_over.successor.user_id != by.pk:
        return _("由接收人本人办理。")
    return ""


def carry_out(*, now: datetime) -> int:
    """Move the open work of hand-overs that have taken effect; says of how many. May run twice."""
    due = HandOver.objects.filter(
        state=State.ACCEPTED, moved_at__isnull=True, effective_at__lte=now
    )
    done = 0
    for pk in list(due.order_by("effective_at").values_list("pk", flat=True)):
        with transaction.atomic():
            related = ("grid", "former__user", "successor__user")
            hand_over = held(HandOver.objects.all(), pk, *related)
            if hand_over.moved_at is None:
                _move(hand_over, by=None, now=now)
                done += 1
    return done


def _move(hand_over: HandOver, *, by: User | None, now: datetime) -> None:
    grid, former, successor = hand_over.grid, hand_over.former, hand_over.successor
    moved = open_work.move(grid, former, successor, by=by, now=now)
    hand_over.open_work, hand_over.moved_at = [list(one) for one in moved], now
    hand_over.save(update_fields=["open_work", "moved_at"])
    signals.manager_changed.send(
        HandOver, grid=grid, former=former, successor=successor, by=by, now=now
    )


def _close(
    hand_over: HandOver, grid: PowerGrid, state: str, remark: str, *, by: User | None, now: datetime
) -> HandOver:
    hand_over.state, hand_over.decided_at = state, now
    hand_over.remark = remark.strip()[:200]
    hand_over.save(update_fields=["state", "decided_at", "remark"])
    audit.record(
        f"grid.hand_over_{state}",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        hand_over=hand_over.pk,
        reason=hand_over.remark,
    )
    notifications.post(notifications.hand_over_decided(hand_over), now=now)
    return hand_over


def _locked(hand_over: HandOver) -> tuple[HandOver, PowerGrid]:
    """First the grid, then the row, as everywhere."""
    grid = held(PowerGrid.objects.all(), hand_over.grid_id, "enterprise", "station")
    related = ("former__user", "successor__user", "successor__organisation", "proposed_by")
    found = held(HandOver.objects.all(), hand_over.pk, *related)
    found.grid = grid
    return found, grid


def _manager_at(grid: PowerGrid, at: datetime) -> Assignment | None:
    rows = people.rows_of(grid).managers().at(at).select_related("principal__user")
    found: Assignment | None = rows.first()
    return found


def _check(grid: PowerGrid, successor: GridMember) -> None:
    if successor.left_on is not None or not successor.organisation.path.startswith(
        grid.enterprise.path
    ):
        raise Refused(_("%(person)s不是负责该网格的单位的人员。") % {"person": successor})
