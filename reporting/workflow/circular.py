"""The life of a circular on grave cases (通报恶性案件): a bulletin's, public only if so meant.

Source: campaign plan 二(二)2 (S1-2.2.2h): grave cases are circulated when fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.scope import works_for
from reporting.workflow.report import Move

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import Circular


class State(TextChoices):
    DRAFT = "draft", gettext_lazy("编辑中")
    REVIEW = "review", gettext_lazy("待审批")
    APPROVED = "approved", gettext_lazy("已审批")
    ISSUED = "issued", gettext_lazy("已印发")
    PUBLISHED = "published", gettext_lazy("已公开")


OUT = (State.ISSUED, State.PUBLISHED)
P, S = Permission, State
EDIT = Move("edit", gettext_lazy("修改"), (S.DRAFT,), S.DRAFT, P.REPORT_EDIT)  # type: ignore[arg-type]
SUBMIT = Move("submit", gettext_lazy("提交审批"), (S.DRAFT,), S.REVIEW, P.REPORT_EDIT)  # type: ignore[arg-type]
RECALL = Move("recall", gettext_lazy("撤回修改"), (S.REVIEW,), S.DRAFT, P.REPORT_EDIT)  # type: ignore[arg-type]
SEND_BACK = Move("send_back", gettext_lazy("退回修改"), (S.REVIEW,), S.DRAFT, P.REPORT_APPROVE)  # type: ignore[arg-type]
APPROVE = Move("approve", gettext_lazy("审批通过"), (S.REVIEW,), S.APPROVED, P.REPORT_APPROVE)  # type: ignore[arg-type]
ISSUE = Move("issue", gettext_lazy("编号印发"), (S.APPROVED,), S.ISSUED, P.REPORT_APPROVE)  # type: ignore[arg-type]
PUBLISH = Move("publish", gettext_lazy("向社会公开"), (S.ISSUED,), S.PUBLISHED, P.REPORT_APPROVE)  # type: ignore[arg-type]
MOVES = (EDIT, SUBMIT, RECALL, SEND_BACK, APPROVE, ISSUE, PUBLISH)


def refusal(move: Move, circular: Circular, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if circular.state not in move.sources:
        return _("通报处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": circular.get_state_display(),
            "move": move.label,
        }
    if not works_for(by, move.needs, circular.organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": circular.organisation,
            "permission": move.needs.label,
        }
    if move is APPROVE and circular.versions.filter(edited_by=by).exists():
        return _("编制人不能审批自己编制的通报，请由另一人审批。")
    if move is PUBLISH and not circular.public:
        return _("本通报只在内部印发，不向社会公开。")
    return ""
