"""People of grids: registered, appointed, covered for, relieved. One manager at each instant.

Source: the standard on grid integration, 3.3 to 3.5, 7.1 (S2-3.3, S2-3.4, S2-3.5, S2-7.1d).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from core import audit, clock
from core.errors import Refused
from core.locking import held
from grids import access, notifications, signals
from grids.models import Assignment, GovernmentGrid, GridMember, PowerGrid
from grids.services.ground import lock

Post = Assignment.Post
# A form is filled in for "now" and sent a little later.
PATIENCE = timedelta(minutes=15)
MOST_COVER = timedelta(days=366)


@transaction.atomic
def enrol(
    *,
    user: User,
    organisation: Organisation,
    staff_number: str = "",
    work_phone: str = "",
    named: bool = False,
    joined_on: date,
    by: User | None,
    now: datetime,
) -> GridMember:
    """Register a person of a unit who works in grids. Raises ``Refused``."""
    if why_not := access.refusal_for_people(organisation, by=by):
        raise Refused(why_not)
    day = max(joined_on, clock.day_of(now))
    if (
        not Membership.objects.in_force(on=day)
        .filter(user=user, organisation=organisation)
        .exists()
    ):
        raise Refused(_("%(person)s不在该单位任职。") % {"person": user})
    if GridMember.objects.active().filter(user=user, organisation=organisation).exists():
        raise Refused(_("%(person)s已经登记。") % {"person": user})
    made = GridMember.objects.create(
        user=user,
        organisation=organisation,
        staff_number=staff_number,
        work_phone=work_phone,
        named=named,
        joined_on=joined_on,
    )
    audit.record("grid_member.enrol", made, by=by, now=now, organisation=organisation)
    return made


@transaction.atomic
def leave(member: GridMember, *, left_on: date, by: User | None, now: datetime) -> GridMember:
    """A person's last day of work in grids. Raises ``Refused`` while they are still in post."""
    if why_not := access.refusal_for_people(member.organisation, by=by):
        raise Refused(why_not)
    member = held(GridMember.objects.all(), member.pk, "user", "organisation")
    if member.left_on is not None or left_on < member.joined_on:
        raise Refused(_("已经离岗，或者离岗日期早于到岗日期。"))
    end = clock.at(left_on) + timedelta(days=1)
    still = Assignment.objects.from_instant(end)
    if still.filter(Q(member=member) | Q(principal=member)).exists():
        raise Refused(_("%(person)s仍在网格任职，请先办理交接或者免职。") % {"person": member})
    member.left_on = left_on
    member.save(update_fields=["left_on"])
    audit.record("grid_member.leave", member, by=by, now=now, organisation=member.organisation)
    return member


# --- Posts ----------------------------------------------------------------------------------------


@transaction.atomic
def appoint(
    grid: PowerGrid | GovernmentGrid,
    *,
    member: GridMember,
    post: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    reason: str = "",
    by: User | None,
    now: datetime,
) -> Assignment:
    """Let a person answer for a grid in a post. A grid that has a manager at any instant of the
    time gets another only by a hand-over. Raises ``Refused``."""
    organisation = _locked(grid, by)
    if ends_at is not None and ends_at <= starts_at:
        raise Refused(_("结束时间应当晚于开始时间。"))
    _check_member(member, grid, starts_at, ends_at)
    _check_within(grid, starts_at, ends_at)
    mine = rows_of(grid).filter(post=post)
    standing = during(mine, starts_at, ends_at)
    if post == Post.MANAGER and standing.exists():
        raise Refused(_("该网格在此期间已有网格经理，请办理交接。"))
    if standing.filter(member=member).exists():
        raise Refused(_("%(person)s在此期间已担任该岗位。") % {"person": member})
    made = _make(grid, post, member, member, starts_at, ends_at, reason, by=by, now=now)
    audit.record(
        "grid.appoint",
        grid,
        by=by,
        now=now,
        organisation=organisation,
        post=post,
        member=member.pk,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat() if ends_at else "",
    )
    notifications.post(notifications.appointed(made), now=now)
    if isinstance(grid, PowerGrid) and post == Post.MANAGER:
        signals.manager_changed.send(
            Assignment, grid=grid, former=None, successor=member, by=by, now=now
        )
    return made


@transaction.atomic
def relieve(
    assignment: Assignment, *, at: datetime, reason: str, by: User | None, now: datetime
) -> None:
    """Let a person's time in a post end; a grid without a manager is listed as vacant.

    Whoever covers for a manager goes with the manager. Raises ``Refused``.
    """
    grid = assignment.grid
    assert grid is not None
    organisation = _locked(grid, by)
    at = not_before(at, now)
    if not reason.strip():
        raise Refused(_("请写明免职原因。"))
    if not end_tenure(grid, assignment.post, assignment.principal, at):
        raise Refused(_("该任职届时已经结束。"))
    audit.record(
        "grid.relieve",
        grid,
        by=by,
        now=now,
        organisation=organisation,
        reason=reason.strip()[:200],
        post=assignment.post,
        member=assignment.principal_id,
        at=at.isoformat(),
    )


@transaction.atomic
def cover(
    grid: PowerGrid,
    *,
    member: GridMember,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User | None,
    now: datetime,
) -> Assignment:
    """Let somebody answer for a grid while its manager is on leave; the manager comes back by
    itself. Raises ``Refused``."""
    grid = lock(grid, by=by)
    starts_at = not_before(starts_at, now)
    if not starts_at < ends_at <= starts_at + MOST_COVER:
        raise Refused(_("代班的结束时间应当晚于开始时间，不超过一年。"))
    if not reason.strip():
        raise Refused(_("请写明代班原因。"))
    whole = (
        during(rows_of(grid).managers(), starts_at, ends_at)
        .select_related("member__user", "principal")
        .order_by("starts_at")
    )
    rows = list(whole)
    if len(rows) != 1 or not _contains(rows[0], starts_at, ends_at) or rows[0].is_cover:
        raise Refused(_("代班期间网格经理应当是同一人，且没有其他代班。"))
    (row,) = rows
    if row.member_id == member.pk:
        raise Refused(_("代班人员不能是网格经理本人。"))
    _check_member(member, grid, starts_at, ends_at)
    manager, end = row.member, row.ends_at
    _cut(row, starts_at)
    made = _make(grid, Post.MANAGER, member, manager, starts_at, ends_at, reason, by=by, now=now)
    if end is None or ends_at < end:
        _make(grid, Post.MANAGER, manager, manager, ends_at, end, "", by=by, now=now)
    audit.record(
        "grid.cover",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        reason=reason.strip()[:200],
        member=member.pk,
        manager=manager.pk,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    notifications.post(notifications.covering(made), now=now)
    return made


@transaction.atomic
def end_cover(assignment: Assignment, *, at: datetime, by: User | None, now: datetime) -> None:
    """The manager is back before the cover was to end. Raises ``Refused``."""
    assert assignment.power_grid is not None
    grid = lock(assignment.power_grid, by=by)
    at = not_before(at, now)
    row = rows_of(grid).select_related("principal").filter(pk=assignment.pk).first()
    if row is None or not row.is_cover or row.ends_at is None or row.ends_at <= at:
        raise Refused(_("代班届时已经结束。"))
    end, manager = row.ends_at, row.principal
    at = max(at, row.starts_at)
    _cut(row, at)
    after = rows_of(grid).managers().filter(starts_at=end, member=manager, principal=manager)
    if not after.update(starts_at=at):
        _make(grid, Post.MANAGER, manager, manager, at, end, "", by=by, now=now)
    audit.record(
        "grid.end_cover",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        manager=manager.pk,
        at=at.isoformat(),
    )


# --- Rows -----------------------------------------------------------------------------------------


def rows_of(grid: PowerGrid | GovernmentGrid):  # type: ignore[no-untyped-def]
    """Everybody at a grid, at any time."""
    if isinstance(grid, PowerGrid):
        return Assignment.objects.filter(power_grid=grid)
    return Assignment.objects.filter(government_grid=grid)


def during(rows, starts_at: datetime, ends_at: datetime | None):  # type: ignore[no-untyped-def]
    """Of assignments those that hold at an instant between the two."""
    found = rows.from_instant(starts_at)
    return found.filter(starts_at__lt=ends_at) if ends_at else found


def end_tenure(
    grid: PowerGrid | GovernmentGrid, post: str, principal: GridMember, at: datetime
) -> bool:
    """Let a person's unbroken time in a post end at an instant, with whoever covers in it; whether
    there was any left. In the caller's transaction, with the grid locked."""
    mine = rows_of(grid).filter(post=post, principal=principal).from_instant(at)
    rows = list(mine)
    for row in rows:
        _cut(row, at)
    return bool(rows)


def not_before(at: datetime, now: datetime) -> datetime:
    """An instant that is not in the past: nobody answers, or stops, for what has been.

    Raises ``Refused``.
    """
    if at < now - PATIENCE:
        raise Refused(_("时间不能早于现在。"))
    return max(at, now)


def _cut(row: Assignment, at: datetime) -> None:
    """End a row at an instant; one that had not begun by then never comes to be."""
    if row.starts_at >= at:
        row.delete()
    elif row.ends_at is None or row.ends_at > at:
        row.ends_at = at
        row.save(update_fields=["ends_at"])


def _contains(row: Assignment, starts_at: datetime, ends_at: datetime) -> bool:
    return row.starts_at <= starts_at and (row.ends_at is None or ends_at <= row.ends_at)


def _make(
    grid: PowerGrid | GovernmentGrid,
    post: str,
    member: GridMember,
    principal: GridMember,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str,
    *,
    by: User | None,
    now: datetime,
) -> Assignment:
    power = grid if isinstance(grid, PowerGrid) else None
    government = grid if isinstance(grid, GovernmentGrid) else None
    return Assignment.objects.create(
        power_grid=power,
        government_grid=government,
        post=post,
        member=member,
        principal=principal,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:200],
        created_by=by,
        created_at=now,
    )


def _locked(grid: PowerGrid | GovernmentGrid, by: User | None) -> Organisation:
    """Hold the grid, where the person may change it; whose it is."""
    if isinstance(grid, PowerGrid):
        return lock(grid, by=by).organisation
    found = held(GovernmentGrid.objects.all(), grid.pk, "keeper")
    if why_not := access.refusal(found.keeper, by=by):
        raise Refused(why_not)
    return found.keeper


def _check_within(
    grid: PowerGrid | GovernmentGrid, starts_at: datetime, ends_at: datetime | None
) -> None:
    first = clock.at(grid.valid_from)
    end = clock.at(grid.valid_until) + timedelta(days=1) if grid.valid_until else None
    if starts_at < first or (end is not None and (ends_at is None or ends_at > end)):
        raise Refused(_("任职时间应当在网格使用期内。"))


def _check_member(
    member: GridMember,
    grid: PowerGrid | GovernmentGrid,
    starts_at: datetime,
    ends_at: datetime | None,
) -> None:
    """The person works for whoever runs the grid, all the time."""
    member = held(GridMember.objects.all(), member.pk, "user", "organisation")
    if starts_at < clock.at(member.joined_on) or member.left_on is not None:
        raise Refused(_("%(person)s届时不在岗。") % {"person": member})
    if isinstance(grid, PowerGrid):
        fits = member.organisation.path.startswith(grid.enterprise.path)
    else:
        fits = grid.department_id in (None, member.organisation_id) and (
            member.organisation.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT
        )
    if not fits:
        raise Refused(_("%(person)s不是负责该网格的单位的人员。") % {"person": member})
