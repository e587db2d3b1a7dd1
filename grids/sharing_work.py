"""What sharing and the quality of archives want people to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from core import sla
from core.workitems import WorkItem
from grids.models import FixTask, SharedRecord, SharingAgreement
from grids.queries import sharing as queries
from grids.sharing import quality
from grids.sharing.moves import AgreementState, Match, TaskState

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Agreements to approve, tasks to do, differences to look into, files that are due."""
    found: list[WorkItem] = []
    if user.can(Permission.SHARING_APPROVE):
        found += _to_approve(user)
    if user.can(Permission.ARCHIVE_FIX):
        found += _to_mend(user, now)
    if user.can(Permission.SHARING_MANAGE):
        found += [*_differences(user), *_due_files(user, now)]
    return found


def _of_units(user: User, permission: Permission, column: str) -> Q:
    below = Q(pk__in=())
    for place in with_absorbed(user, permission):
        if place.is_company:
            below |= Q(**{f"{column}__path__startswith": place.path})
    return below


def _to_approve(user: User) -> list[WorkItem]:
    rows = SharingAgreement.objects.visible_to(user).filter(
        _of_units(user, Permission.SHARING_APPROVE, "company"), state=AgreementState.ASKED
    )
    waiting = rows.exclude(drafted_by=user).select_related("government").order_by("drafted_at")
    return [
        WorkItem(
            group="mine",
            title=_("批准数据共享协议：%(government)s") % {"government": one.government},
            detail=one.number,
            url=reverse("grids:agreement", args=[one.pk]),
        )
        for one in waiting[:MOST]
    ]


def _to_mend(user: User, now: datetime) -> list[WorkItem]:
    rows = FixTask.objects.visible_to(user).filter(
        _of_units(user, Permission.ARCHIVE_FIX, "organisation"), state=TaskState.OPEN
    )
    found = []
    for one in rows.select_related("organisation").order_by("due_at", "pk")[:MOST]:
        lamp = sla.lamp(now, one.due_at)
        found.append(
            WorkItem(
                group="overdue" if lamp == "late" else "mine",
                title=_("档案治理：%(rule)s") % {"rule": quality.title_of(one.rule)},
                detail=f"{one.number} {one.organisation}",
                url=reverse("grids:fix_task", args=[one.pk]),
                due_at=one.due_at,
                lamp=lamp,
            )
        )
    return found


def _differences(user: User) -> list[WorkItem]:
    rows = SharedRecord.objects.visible_to(user).filter(
        _of_units(user, Permission.SHARING_MANAGE, "agreement__company"), state=Match.CONFLICT
    )
    if not (count := rows.count()):
        return []
    return [
        WorkItem(
            group="mine",
            title=_("待核实的档案差异"),
            detail=_("%(n)d件") % {"n": count},
            url=queries.records_url(state=Match.CONFLICT.value),
        )
    ]


def _due_files(user: User, now: datetime) -> list[WorkItem]:
    places = [one.path for one in with_absorbed(user, Permission.SHARING_MANAGE) if one.is_company]
    return [
        WorkItem(
            group="overdue",
            title=_("交换作业到期：%(title)s") % {"title": job.title},
            detail=job.agreement.number,
            url=reverse("grids:exchange_job", args=[job.pk]),
            due_at=sla.day_end(queries.due_on(job)),
            lamp="late",
        )
        for job in queries.overdue_jobs(user, now=now)
        if any(job.agreement.company.path.startswith(path) for path in places)
    ][:MOST]
