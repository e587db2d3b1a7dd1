"""Work items of business passed on: to take, overdue, to sign, to tell the customer of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from core.workitems import WorkItem
from grids.business.moves import OPEN, State
from grids.models import BusinessRequest, BusinessStep, TypeProposal

if TYPE_CHECKING:
    from accounts.models import User


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """One item for each kind of list that waits for the person."""
    found: list[WorkItem] = []
    if user.can(Permission.BUSINESS_HANDLE):
        found += _of_company(user, now=now)
    if user.can(Permission.BUSINESS_SIGN):
        found += _to_sign(user)
        found += _to_decide(user)
    if user.can(Permission.BUSINESS_REQUEST):
        found += _of_officer(user)
    return found


def _of_company(user: User, *, now: datetime) -> list[WorkItem]:
    paths = [one.path for one in with_absorbed(user, Permission.BUSINESS_HANDLE) if one.is_company]
    mine = BusinessRequest.objects.visible_to(user).open()
    within = mine.none()
    for path in paths:
        within |= mine.filter(organisation__path__startswith=path)
    late = within.filter(due_at__lt=now).count()
    taken = within.filter(state=State.PASSED_ON).count()
    return [
        *_item(_("当前环节逾期的涉电业务"), late, "?view=open&overdue=1", "overdue"),
        *_item(_("待受理的涉电业务"), taken, f"?state={State.PASSED_ON.value}"),
    ]


def _to_sign(user: User) -> list[WorkItem]:
    """Joint steps that the person's side has not signed: one item each, they are few."""
    places = [one.pk for one in with_absorbed(user, Permission.BUSINESS_SIGN)]
    running = BusinessStep.objects.visible_to(user).filter(
        joint=True, started_at__isnull=False, done_at__isnull=True, request__state__in=OPEN
    )
    ours = running.filter(request__organisation__in=places, company_signed_at__isnull=True)
    theirs = running.filter(request__signer__in=places, government_signed_at__isnull=True)
    return [
        WorkItem(
            group="mine",
            title=_("会签：%(step)s") % {"step": step.title},
            detail=step.request.number,
            url=reverse("grids:business", args=[step.request_id]),
            due_at=step.due_at,
        )
        for step in (ours | theirs).select_related("request").order_by("due_at", "pk")[:20]
    ]


def _to_decide(user: User) -> list[WorkItem]:
    """Workflows fitted to a unit that wait for a second person."""
    found = TypeProposal.objects.visible_to(user).waiting().exclude(proposed_by=user)
    paths = [one.path for one in with_absorbed(user, Permission.BUSINESS_SIGN) if one.is_company]
    return [
        WorkItem(
            group="mine",
            title=_("审批流程调整：%(kind)s") % {"kind": one.base.title},
            detail=_("%(unit)s，%(day)s起启用") % {"unit": one.company, "day": one.valid_from},
            url=reverse("grids:business_proposal", args=[one.pk]),
        )
        for one in found.select_related("base", "company").order_by("valid_from", "pk")[:20]
        if any(one.company.path.startswith(path) for path in paths)
    ]


def _of_officer(user: User) -> list[WorkItem]:
    places = [one.pk for one in with_absorbed(user, Permission.BUSINESS_REQUEST)]
    mine = BusinessRequest.objects.visible_to(user).filter(source__in=places)
    finished = mine.filter(state=State.FINISHED).count()
    missing = mine.filter(state=State.MATERIALS).count()
    return [
        *_item(_("待告知客户的办结业务"), finished, f"?state={State.FINISHED.value}"),
        *_item(_("待补材料的涉电业务"), missing, f"?state={State.MATERIALS.value}"),
    ]


def _item(title: str, count: int, query: str, group: str = "mine") -> list[WorkItem]:
    if not count:
        return []
    url = reverse("grids:business_list") + query
    lamp = "late" if group == "overdue" else "ok"
    detail = _("%(n)d件") % {"n": count}
    return [WorkItem(group=group, title=title, detail=detail, url=url, lamp=lamp)]
