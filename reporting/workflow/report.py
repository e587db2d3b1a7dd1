"""The life of a stage report: states, moves, who may make them, and why not.

Source: campaign plan 四 (S1-4.2j): the bureau answers for its reports, so a second person with the
right to approve looks at every word before a number is given.
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
    from accounts.models import User
    from reporting.models import StageReport


class State(TextChoices):
    BUILDING = "building", gettext_lazy("生成中")
    FAILED = "failed", gettext_lazy("未生成")
    DRAFT = "draft", gettext_lazy("编辑中")
    REVIEW = "review", gettext_lazy("待审批")
    APPROVED = "approved", gettext_lazy("已审批")
    ISSUED = "issued", gettext_lazy("已印发")


APPROVED_STATES = (State.APPROVED, State.ISSUED)


@dataclass(frozen=True)
class Move:
    """One step: its name in the audit trail, from where, to where, and who may take it."""

    name: str
    label: str
    sources: tuple[State, ...]
    target: State | None
    needs: Permission


P, S = Permission, State
RETRY = Move("retry", gettext_lazy("重新生成"), (S.FAILED,), S.BUILDING, P.REPORT_EDIT)
EDIT = Move("edit", gettext_lazy("修改"), (S.DRAFT,), S.DRAFT, P.REPORT_EDIT)
SUBMIT = Move("submit", gettext_lazy("提交审批"), (S.DRAFT,), S.REVIEW, P.REPORT_EDIT)
RECALL = Move("recall", gettext_lazy("撤回修改"), (S.REVIEW,), S.DRAFT, P.REPORT_EDIT)
SEND_BACK = Move("send_back", gettext_lazy("退回修改"), (S.REVIEW,), S.DRAFT, P.REPORT_APPROVE)
APPROVE = Move("approve", gettext_lazy("审批通过"), (S.REVIEW,), S.APPROVED, P.REPORT_APPROVE)
ISSUE = Move("issue", gettext_lazy("编号印发"), (S.APPROVED,), S.ISSUED, P.REPORT_APPROVE)
SEND = Move("send", gettext_lazy("发送"), (S.ISSUED,), None, P.REPORT_EDIT)
CORRECT = Move("correct", gettext_lazy("更正"), (S.ISSUED,), None, P.REPORT_EDIT)
UPWARD = Move("upward", gettext_lazy("上报国家监管机构"), (S.ISSUED,), None, P.REPORT_EDIT)
MOVES = (RETRY, EDIT, SUBMIT, RECALL, SEND_BACK, APPROVE, ISSUE, SEND, CORRECT, UPWARD)


def refusal(move: Move, report: StageReport, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if report.state not in move.sources:
        return _("报告处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": report.get_state_display(),
            "move": move.label,
        }
    if not works_for(by, move.needs, report.organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": report.organisation,
            "permission": move.needs.label,
        }
    if move is APPROVE and _wrote(report, by):
        return _("编辑人不能审批自己编辑的报告，请由另一人审批。")
    return ""


def _wrote(report: StageReport, by: User) -> bool:
    """Whether words of the person may stand in it: the last version keeps those of the earlier."""
    return report.pk is not None and report.versions.filter(edited_by=by).exists()
