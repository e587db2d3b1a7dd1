"""The life of a paper with yearly targets: edited, approved by another person, numbered, public."""

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
    from reporting.models import TargetPaper


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
SEND_BACK = Move("send_back", gettext_lazy("退回修改"), (S.REVIEW,), S.DRAFT, P.REPORT_APPROVE)  # type: ignore[arg-type]
APPROVE = Move("approve", gettext_lazy("审批通过"), (S.REVIEW,), S.APPROVED, P.REPORT_APPROVE)  # type: ignore[arg-type]
ISSUE = Move("issue", gettext_lazy("编号印发"), (S.APPROVED,), S.ISSUED, P.REPORT_APPROVE)  # type: ignore[arg-type]
PUBLISH = Move("publish", gettext_lazy("向社会公开"), (S.ISSUED,), S.PUBLISHED, P.REPORT_APPROVE)  # type: ignore[arg-type]
MOVES = {move.name: move for move in (EDIT, SUBMIT, SEND_BACK, APPROVE, ISSUE, PUBLISH)}


def refusal(move: Move, paper: TargetPaper, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if paper.state not in move.sources:
        return _("文件处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": paper.get_state_display(),
            "move": move.label,
        }
    if not works_for(by, move.needs, paper.organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": paper.organisation,
            "permission": move.needs.label,
        }
    if move is APPROVE and paper.versions.filter(edited_by=by).exists():
        return _("编制人不能审批自己编制的文件，请由另一人审批。")
    return ""
