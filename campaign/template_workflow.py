"""The life of a stored template: drafted, checked, approved by a second person. Pure.

Whoever wrote a version, or handed the draft in, does not approve it: everybody who is measured by a
campaign relies on two pairs of eyes having read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import User
    from campaign.models import TemplateDraft


class DraftState(TextChoices):
    DRAFT = "draft", _("起草中")
    CHECKED = "checked", _("待批准")
    APPROVED = "approved", _("已批准")
    DISCARDED = "discarded", _("已作废")


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    needs: Permission = Permission.CAMPAIGN_MANAGE


S = DraftState
EDIT = Move("edit", _("修改"), (S.DRAFT,), S.DRAFT)
CHECK = Move("check", _("检查并提交"), (S.DRAFT,), S.CHECKED)
REOPEN = Move("reopen", _("退回修改"), (S.CHECKED,), S.DRAFT)
APPROVE = Move("approve", _("批准"), (S.CHECKED,), S.APPROVED)
DISCARD = Move("discard", _("作废"), (S.DRAFT, S.CHECKED), S.DISCARDED)
MOVES = (EDIT, CHECK, REOPEN, APPROVE, DISCARD)

LAMPS: dict[str, str] = {
    S.DRAFT: "pause",
    S.CHECKED: "near",
    S.APPROVED: "done",
    S.DISCARDED: "late",
}


def refusal(move: Move, draft: TemplateDraft, *, by: User) -> str:
    """Why this person may not make this move now; empty when they may."""
    if draft.state not in move.sources:
        told = {"state": DraftState(draft.state).label, "move": move.label}
        return _t("模板草稿处于“%(state)s”状态，不能%(move)s。") % told
    if not works_for(by, move.needs, draft.organisation):
        return _t("由%(name)s的人员办理。") % {"name": draft.organisation}
    if move is APPROVE and by.pk in draft.hands():
        return _t("起草、修改或者提交过的人员不能批准，请由另一人批准。")
    return ""
