"""Work items of claims: to report in, to answer, to confirm, to locate, offered to oneself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from complaints import presenting
from complaints.claim_words import state_of
from complaints.models import Claim, ClaimPass
from complaints.workflow import State
from core.workitems import WorkItem

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What waits for the person; nothing for whoever only reads claims."""
    found: list[WorkItem] = []
    if user.can(Permission.CLAIM_HANDLE):
        found += [*_offered(user), *_mine(user, now=now), *_unlocated(user)]
    if user.can(Permission.CLAIM_SEND):
        found += _to_confirm(user, now=now)
    return found


def _mine(user: User, *, now: datetime) -> list[WorkItem]:
    """Claims for which the person answers, the nearest deadline first."""
    open_ones = Claim.objects.visible_to(user).open().filter(case__responsible=user)
    waiting = open_ones.exclude(case__state=State.REPLIED).order_by("case__due_at", "pk")
    return [_item(one, now=now) for one in waiting.select_related("case", "grid")[:MOST]]


def _to_confirm(user: User, *, now: datetime) -> list[WorkItem]:
    """Claims that the company answered and the officer has not confirmed."""
    places = [one.pk for one in with_absorbed(user, Permission.CLAIM_SEND)]
    replied = Claim.objects.visible_to(user).filter(
        department__in=places, case__state=State.REPLIED
    )
    own = replied.filter(officer=user) | replied.filter(officer__isnull=True)
    rows = own.select_related("case", "grid").order_by("case__due_at", "pk")
    return [_item(one, now=now) for one in rows[:MOST]]


def _item(claim: Claim, *, now: datetime) -> WorkItem:
    case = claim.case
    lamp, _word = presenting.case_lamp(case, now=now)
    late = case.due_at is not None and case.due_at + timedelta(seconds=1) <= now
    return WorkItem(
        group="overdue" if late else "mine",
        title=_("涉电诉求%(number)s（%(kind)s）")
        % {"number": case.number, "kind": claim.get_kind_display()},
        detail=case.content[:60],
        url=reverse("complaints:claim", args=[claim.pk]),
        due_at=case.due_at,
        lamp=lamp,
        lamp_text=str(state_of(case.state)),
    )


def _offered(user: User) -> list[WorkItem]:
    waiting = ClaimPass.objects.filter(successor=user, answered_at__isnull=True)
    rows = waiting.select_related("claim__case", "former").order_by("offered_at", "pk")
    return [
        WorkItem(
            group="mine",
            title=_("请确认接手：涉电诉求%(number)s") % {"number": one.claim.case.number},
            detail=str(one.former),
            url=reverse("complaints:claim", args=[one.claim_id]),
            lamp="near",
            lamp_text=_("待确认"),
        )
        for one in rows[:MOST]
    ]


def _unlocated(user: User) -> list[WorkItem]:
    """Claims of one's units that no grid was found for, as one item."""
    places = [one.pk for one in with_absorbed(user, Permission.CLAIM_HANDLE)]
    open_ones = Claim.objects.visible_to(user).open()
    count = open_ones.filter(grid__isnull=True, case__holder__in=places).count()
    if not count:
        return []
    return [
        WorkItem(
            group="mine",
            title=_("待定位到网格的涉电诉求"),
            detail=_("%(n)d件") % {"n": count},
            url=f"{reverse('complaints:claims')}?view=unlocated",
            lamp="near",
        )
    ]
