"""The life of one version of a return: states, moves, who may make them, and why not.

Source: campaign plan 二(二)1 (S1-2.2.1a, S1-2.2.1d).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import ApiClient, Organisation, User
    from reporting.models import Return


class State(TextChoices):
    """Where a return stands; while a correction is on its way, where the correction stands."""

    OPEN = "open", gettext_lazy("待填报")
    DRAFT = "draft", gettext_lazy("填报中")
    CERTIFYING = "certifying", gettext_lazy("待复核认证")
    SUBMITTED = "submitted", gettext_lazy("已报送")
    RETURNED = "returned", gettext_lazy("已退回")
    ACCEPTED = "accepted", gettext_lazy("已通过")
    WAIVED = "waived", gettext_lazy("免报")


FILED_STATES = (State.SUBMITTED, State.RETURNED, State.ACCEPTED)
# Nothing has arrived yet.
UNFILED_STATES = (State.OPEN, State.DRAFT, State.CERTIFYING)


@dataclass(frozen=True)
class Move:
    """One step: its name in the audit trail, from where, to where, and who may take it."""

    name: str
    label: str
    sources: tuple[State, ...]
    target: State
    needs: Permission
    by_recipient: bool = False


P = Permission
S = State
BEGIN = Move(
    "begin",
    gettext_lazy("填报"),
    (S.OPEN, S.RETURNED, S.ACCEPTED, S.WAIVED),
    S.DRAFT,
    P.FILING_DRAFT,
)
SAVE = Move("save", gettext_lazy("填报"), (S.DRAFT,), S.DRAFT, P.FILING_DRAFT)
REQUEST = Move(
    "request_certification",
    gettext_lazy("提交复核"),
    (S.DRAFT,),
    S.CERTIFYING,
    P.FILING_DRAFT,
)
RECALL = Move("recall", gettext_lazy("撤回修改"), (S.CERTIFYING,), S.DRAFT, P.FILING_DRAFT)
SEND_BACK = Move(
    "send_back", gettext_lazy("退回填报人"), (S.CERTIFYING,), S.DRAFT, P.FILING_CERTIFY
)
SUBMIT = Move("submit", gettext_lazy("认证并报送"), (S.CERTIFYING,), S.SUBMITTED, P.FILING_CERTIFY)
RETURN = Move("return", gettext_lazy("退回补正"), (S.SUBMITTED,), S.RETURNED, P.FILING_REVIEW, True)
ACCEPT = Move("accept", gettext_lazy("审核通过"), (S.SUBMITTED,), S.ACCEPTED, P.FILING_REVIEW, True)
MOVES = {
    move.name: move for move in (BEGIN, SAVE, REQUEST, RECALL, SEND_BACK, SUBMIT, RETURN, ACCEPT)
}


def reviews_for(user: User, recipient: Organisation) -> bool:
    """Whether the person reviews what goes to a unit: a regulator's officer, a company's lead."""
    needed = P.FILING_CERTIFY if recipient.is_company else P.FILING_REVIEW
    return works_for(user, needed, recipient)


def refusal(move: Move, entry: Return, *, by: User | ApiClient) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if entry.state not in move.sources:
        return _("当前状态为“%(state)s”，不能“%(move)s”。") % {
            "state": entry.get_state_display(),
            "move": move.label,
        }
    organisation = entry.recipient if move.by_recipient else entry.organisation
    may = (
        reviews_for(by, organisation)  # type: ignore[arg-type]
        if move.by_recipient
        else works_for(by, move.needs, organisation)  # type: ignore[arg-type]
    )
    if not may:
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": organisation,
            "permission": move.needs.label,
        }
    return _same_person(move, entry, by)


def _same_person(move: Move, entry: Return, by: User | ApiClient) -> str:
    """Two pairs of eyes: who filled in does not certify, who filed does not review."""
    version = entry.current_version
    if version is None or getattr(by, "is_client", False):
        return ""
    if move is SUBMIT and by.pk in version.editors:
        return _("填报人不能复核认证自己填写的报表，请由本单位另一人办理。")
    if move.by_recipient and by.pk in (*version.editors, version.certified_by_id):
        return _("参与填报或认证的人员不能审核同一份报表，请由另一人办理。")
    return ""
