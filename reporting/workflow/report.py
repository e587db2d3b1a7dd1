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
from reporting import chapters

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
# Until the number is given a mistake that somebody finds is mended, not issued and then corrected.
BACK = (S.REVIEW, S.APPROVED)
SEND_BACK = Move("send_back", gettext_lazy("退回修改"), BACK, S.DRAFT, P.REPORT_APPROVE)
APPROVE = Move("approve", gettext_lazy("审批通过"), (S.REVIEW,), S.APPROVED, P.REPORT_APPROVE)
ISSUE = Move("issue", gettext_lazy("编号印发"), (S.APPROVED,), S.ISSUED, P.REPORT_APPROVE)
SEND = Move("send", gettext_lazy("发送"), (S.ISSUED,), None, P.REPORT_EDIT)
CORRECT = Move("correct", gettext_lazy("更正"), (S.ISSUED,), None, P.REPORT_EDIT)
UPWARD = Move("upward", gettext_lazy("上报国家监管机构"), (S.ISSUED,), None, P.REPORT_EDIT)
PUBLISH = Move("publish", gettext_lazy("向社会公开"), (S.ISSUED,), S.ISSUED, P.REPORT_APPROVE)
MOVES = (RETRY, EDIT, SUBMIT, RECALL, SEND_BACK, APPROVE, ISSUE, PUBLISH, SEND, CORRECT, UPWARD)
# Whoever makes these answers for every word: nothing that the report must say may be missing.
COMPLETE = (SUBMIT, APPROVE, ISSUE)


def refusal(move: Move, report: StageReport, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if report.state not in move.sources:
        return _("报告处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": report.get_state_display(),
            "move": move.label,
        }
    needs = _needed(move, report)
    if not works_for(by, needs, report.organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": report.organisation,
            "permission": needs.label,
        }
    if move is APPROVE and _wrote(report, by):
        return _("编辑人不能审批自己编辑的报告，请由另一人审批。")
    if move in COMPLETE and (wanting := _wanting(report)):
        return _("必备章节还没有写完，不能“%(move)s”：%(sections)s。") % {
            "move": move.label,
            "sections": "；".join(wanting),
        }
    return _publish_refusal(report, by) if move is PUBLISH else ""


def _needed(move: Move, report: StageReport) -> Permission:
    """The right that a move asks for; the kind of report may name another one to answer for it."""
    answers = move.needs is Permission.REPORT_APPROVE and report.template_id
    return Permission(report.template.approver) if answers else move.needs


def _wanting(report: StageReport) -> list[str]:
    version = report.current_version
    return chapters.wanting(version.chapters, report.template.content) if version else []


def _publish_refusal(report: StageReport, by: User) -> str:
    if not report.template.is_public:
        return _("这类报告不向社会公开。")
    if report.published_at:
        return _("报告已经向社会公开。")
    if _wrote(report, by):
        return _("编辑人不能批准公开自己编辑的报告，请由另一人批准。")
    return ""


def _wrote(report: StageReport, by: User) -> bool:
    """Whether words of the person may stand in it: the last version keeps those of the earlier,
    and a correction begins with those of the report that it puts right, and with its reason."""
    if report.pk is None:
        return False
    if report.versions.filter(edited_by=by).exists():
        return True
    corrected = report.corrects
    return corrected is not None and (report.created_by_id == by.pk or _wrote(corrected, by))
