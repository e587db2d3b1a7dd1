"""The life of an ordered-use plan (有序用电方案): states, moves, who may make them, and why not.

A plan is drawn up, certified by a second person, approved by the government, filed with the unit
above and there received, then accepted or returned.
Source: 有序用电管理办法（发改运行〔2011〕832号）; campaign plan 二(一)1
(S1-2.1.1b, e), 二(二)1 (S1-2.2.1c), 三(三)4 (S1-3.3.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from reporting.models import OrderedUsePlan


class State(TextChoices):
    """Where a version of a plan stands."""

    DRAFT = "draft", gettext_lazy("编制中")
    CERTIFIED = "certified", gettext_lazy("已复核")
    APPROVED = "approved", gettext_lazy("政府已批准")
    FILED = "filed", gettext_lazy("已报送")
    RECEIVED = "received", gettext_lazy("已接收")
    RETURNED = "returned", gettext_lazy("已退回")
    ACCEPTED = "accepted", gettext_lazy("已通过")


S = State
# From here on the unit above sees the plan.
FILED_STATES = (S.FILED, S.RECEIVED, S.RETURNED, S.ACCEPTED)
# The government has approved these: one of them per area and year is in force.
APPROVED_STATES = (S.APPROVED, *FILED_STATES)


class Side(Enum):
    """Whose move it is."""

    FILER = "filer"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Move:
    """One step: its name in the audit trail, from where, to where, and who may take it."""

    name: str
    label: str
    sources: tuple[State, ...]
    target: State
    needs: Permission
    side: Side = Side.FILER


P = Permission
SAVE = Move("save", gettext_lazy("编制"), (S.DRAFT,), S.DRAFT, P.FILING_DRAFT)
CERTIFY = Move("certify", gettext_lazy("复核"), (S.DRAFT,), S.CERTIFIED, P.FILING_CERTIFY)
REOPEN = Move("reopen", gettext_lazy("退回修改"), (S.CERTIFIED,), S.DRAFT, P.FILING_CERTIFY)
APPROVE = Move("approve", gettext_lazy("登记政府批准"), (S.CERTIFIED,), S.APPROVED, P.FILING_DRAFT)
FILE = Move("file", gettext_lazy("报送"), (S.APPROVED,), S.FILED, P.FILING_CERTIFY)
RECEIVE = Move(
    "receive", gettext_lazy("接收"), (S.FILED,), S.RECEIVED, P.FILING_REVIEW, Side.RECIPIENT
)
RETURN = Move(
    "return",
    gettext_lazy("退回补正"),
    (S.RECEIVED,),
    S.RETURNED,
    P.FILING_REVIEW,
    Side.RECIPIENT,
)
ACCEPT = Move(
    "accept",
    gettext_lazy("审核通过"),
    (S.RECEIVED,),
    S.ACCEPTED,
    P.FILING_REVIEW,
    Side.RECIPIENT,
)
REVISE = Move("revise", gettext_lazy("修订"), APPROVED_STATES, S.DRAFT, P.FILING_DRAFT)
MOVES = (SAVE, CERTIFY, REOPEN, APPROVE, FILE, RECEIVE, RETURN, ACCEPT, REVISE)


def needed(move: Move, place: Organisation) -> Permission:
    """The permission for a move: a company that collects plans reviews them by its certifiers."""
    if move.side is Side.RECIPIENT and place.is_company:
        return P.FILING_CERTIFY
    return move.needs


def refusal(move: Move, plan: OrderedUsePlan, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if plan.state not in move.sources:
        return _("当前状态为“%(state)s”，不能“%(move)s”。") % {
            "state": plan.get_state_display(),
            "move": move.label,
        }
    place = plan.organisation if move.side is Side.FILER else plan.recipient
    needs = needed(move, place)
    if not works_for(by, needs, place):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": place,
            "permission": needs.label,
        }
    return _same_person(move, plan, by)


def _same_person(move: Move, plan: OrderedUsePlan, by: User) -> str:
    """Two pairs of eyes: who drew it up does not certify it, who certified does not review."""
    if move is CERTIFY and by.pk in plan.editors:
        return _("编制人不能复核自己编制的方案，请由本单位另一人办理。")
    if move in (RETURN, ACCEPT) and by.pk in (*plan.editors, plan.certified_by_id):
        return _("参与编制或复核的人员不能审核同一方案，请由另一人办理。")
    return ""
