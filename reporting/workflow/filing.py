"""The life of one version of a filing: states, moves, who may make them, and why not.

Source: campaign plan 二(二)1 and 五 (clauses S1-2.2.1a, S1-4.1j, S1-5.1.3): the company reports to
the regulator in charge; what is deficient goes back and comes again.
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
    from accounts.models import User
    from reporting.models import Filing, FilingVersion


class State(TextChoices):
    """Where a version stands; the filing carries the state of its current version."""

    DRAFT = "draft", gettext_lazy("填报中")
    CERTIFYING = "certifying", gettext_lazy("待复核认证")
    SUBMITTED = "submitted", gettext_lazy("已报送")
    RECEIVED = "received", gettext_lazy("已接收")
    RETURNED = "returned", gettext_lazy("已退回")
    ACCEPTED = "accepted", gettext_lazy("已通过")


# From here on the regulator sees the version; before, it is the company's own paper.
FILED_STATES = (State.SUBMITTED, State.RECEIVED, State.RETURNED, State.ACCEPTED)
OPEN_STATES = (State.DRAFT, State.CERTIFYING)


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
    side: Side


P = Permission
S = State
REVISE = Move(
    "revise", gettext_lazy("补正"), (S.RETURNED,), S.DRAFT, P.FILING_DRAFT, Side.FILER
)  # fmt: skip
SAVE = Move("save", gettext_lazy("填报"), (S.DRAFT,), S.DRAFT, P.FILING_DRAFT, Side.FILER)
REQUEST = Move(
    "request_certification",
    gettext_lazy("提交复核"),
    (S.DRAFT,),
    S.CERTIFYING,
    P.FILING_DRAFT,
    Side.FILER,
)
RECALL = Move(
    "recall", gettext_lazy("撤回修改"), (S.CERTIFYING,), S.DRAFT, P.FILING_DRAFT, Side.FILER
)
SEND_BACK = Move(
    "send_back",
    gettext_lazy("退回填报人"),
    (S.CERTIFYING,),
    S.DRAFT,
    P.FILING_CERTIFY,
    Side.FILER,
)
SUBMIT = Move(
    "submit",
    gettext_lazy("认证并报送"),
    (S.CERTIFYING,),
    S.SUBMITTED,
    P.FILING_CERTIFY,
    Side.FILER,
)
WITHDRAW = Move(
    "withdraw_draft", gettext_lazy("放弃草稿"), (S.DRAFT,), S.DRAFT, P.FILING_DRAFT, Side.FILER
)
RECEIVE = Move(
    "receive",
    gettext_lazy("接收"),
    (S.SUBMITTED,),
    S.RECEIVED,
    P.FILING_REVIEW,
    Side.RECIPIENT,
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
MOVES = (REVISE, SAVE, REQUEST, RECALL, SEND_BACK, SUBMIT, WITHDRAW, RECEIVE, RETURN, ACCEPT)


def refusal(move: Move, filing: Filing, *, by: User, version: FilingVersion | None = None) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    version = version or filing.current_version
    if version is None:
        return _("这项报送还没有开始填报。")
    if version.state not in move.sources:
        return _("当前状态为“%(state)s”，不能“%(move)s”。") % {
            "state": version.get_state_display(),
            "move": move.label,
        }
    organisation = filing.organisation if move.side is Side.FILER else filing.recipient
    if not works_for(by, move.needs, organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": organisation,
            "permission": move.needs.label,
        }
    return _same_person(move, version, by)


def _same_person(move: Move, version: FilingVersion, by: User) -> str:
    """Two pairs of eyes: who filled in does not certify, who filed does not review."""
    if move is SUBMIT and by.pk in version.editors:
        return _("填报人不能复核认证自己填写的材料，请由本单位另一人办理。")
    if move in (RETURN, ACCEPT) and by.pk in (*version.editors, version.certified_by_id):
        return _("参与填报或认证的人员不能审核同一份材料，请由另一人办理。")
    return ""
