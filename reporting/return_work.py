"""Work items of returns for the desk: one line per form, however many units owe it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import clock, sla
from core.workitems import WorkItem
from reporting.models import Return
from reporting.queries import return_lists
from reporting.workflow.returns import State

if TYPE_CHECKING:
    from accounts.models import User


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Returns to fill in, to certify and to review, counted by form."""
    found: list[WorkItem] = []
    own = return_lists.own(user)
    if user.can(Permission.FILING_DRAFT):
        todo = own.owed().exclude(state=State.CERTIFYING)
        found += _grouped(todo, _("待填报：%(title)s"), "todo", now=now)
        correcting = own.filter(state=State.DRAFT, accepted_version__isnull=False)
        found += _grouped(correcting, _("更正中：%(title)s"), "todo", now=now, dated=False)
        again = own.filter(recheck_at__isnull=False, state=State.ACCEPTED)
        title = _("因前期更正需要核对：%(title)s")
        found += _grouped(again, title, "recheck", now=now, dated=False)
    if user.can(Permission.FILING_CERTIFY):
        waiting, title = own.filter(state=State.CERTIFYING), _("待复核认证：%(title)s")
        first = waiting.filter(accepted_version__isnull=True)
        found += _grouped(first, title, "todo", now=now)
        correcting = waiting.filter(accepted_version__isnull=False)
        found += _grouped(correcting, title, "todo", now=now, dated=False)
    if user.can(Permission.FILING_REVIEW):
        review = Return.objects.visible_to(user).filter(state=State.SUBMITTED)
        found += _grouped(review, _("待审核：%(title)s"), "review", now=now, dated=False)
    return found


def _grouped(
    returns: return_lists.ReturnQuerySet,
    title: str,
    view: str,
    *,
    now: datetime,
    dated: bool = True,
) -> list[WorkItem]:
    rows = (
        returns.order_by()
        .values("code", "form__title")
        .annotate(
            count=Count("pk"),
            due=Min("due_at"),
            today=Count(
                "pk", filter=Q(due_at__gte=now, due_at__lte=sla.day_end(clock.day_of(now)))
            ),
        )
        .order_by("due", "code")
    )
    return [
        WorkItem(
            group=_group(row["due"], now=now) if dated else "mine",
            title=title % {"title": row["form__title"]},
            detail=_many(row, now=now) if dated else _("%(count)d张") % {"count": row["count"]},
            url=f"{reverse('reporting:return_list')}?code={row['code']}&view={view}",
            due_at=row["due"] if dated else None,
            lamp=sla.lamp(now, row["due"]) if dated else "near",
        )
        for row in rows
    ]


def _many(row: dict[str, Any], *, now: datetime) -> str:
    """How many; what is due today must not hide behind what is overdue already."""
    if row["today"] and row["due"] < now:
        return _("%(count)d张，其中%(today)d张今日到期") % row
    return _("%(count)d张") % row


def _group(due_at: datetime, *, now: datetime) -> str:
    if due_at < now:
        return "overdue"
    same_day = clock.day_of(due_at) == clock.day_of(now)
    return "due_today" if same_day else "mine"
