"""The life of a circular on grave cases (通报恶性案件): a bulletin's, public only if so meant; once
issued it is corrected or withdrawn by a paper of its own.

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
# Until the number is given what is found wrong is mended, not issued and then withdrawn.
BACK = (S.REVIEW, S.APPROVED)
SEND_BACK = Move("send_back", gettext_lazy("退回修改"), BACK, S.DRAFT, P.REPORT_APPROVE)  # type: ignore[arg-type]
APPROVE = Move("approve", gettext_lazy("审批通过"), (S.REVIEW,), S.APPROVED, P.REPORT_APPROVE)  # type: ignore[arg-type]
ISSUE = Move("issue", gettext_lazy("编号印发"), (S.APPROVED,), S.ISSUED, P.REPORT_APPROVE)  # type: ignore[arg-type]
PUBLISH = Move("publish", gettext_lazy("向社会公开"), (S.ISSUED,), S.PUBLISHED, P.REPORT_APPROVE)  # type: ignore[arg-type]
# These begin another paper; the one that went out stays what it is.
CORRECT = Move("correct", gettext_lazy("更正"), OUT, None, P.REPORT_EDIT)  # type: ignore[arg-type]
WITHDRAW = Move("withdraw", gettext_lazy("撤销"), OUT, None, P.REPORT_EDIT)  # type: ignore[arg-type]
# Takes the draft of a correction or withdrawal away: the one that it names is free again.
DROP = Move("drop", gettext_lazy("放弃"), (S.DRAFT,), None, P.REPORT_EDIT)  # type: ignore[arg-type]
MOVES = (EDIT, SUBMIT, RECALL, SEND_BACK, APPROVE, ISSUE, PUBLISH, CORRECT, WITHDRAW, DROP)
FOLLOWING = (CORRECT, WITHDRAW)


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
    if move is DROP and not circular.act:
        return _("只有更正、撤销的草稿可以放弃。")
    if move in (PUBLISH, *FOLLOWING):
        return _put_right(move, circular)
    return ""


def _put_right(move: Move, circular: Circular) -> str:
    """Why what follows upon it, or has begun to, bars the move; empty where nothing does."""
    if (by := circular.withdrawn_by) is not None:
        words = _("本通报已由《%(title)s》（%(number)s）撤销，不能“%(move)s”。")
        return words % _named(by, move)
    if move is PUBLISH:
        return ""
    if circular.form not in circular.Kind.values:
        return _("撤销通报不能再“%(move)s”，需要时请另行编制通报。") % {"move": move.label}
    if (after := circular.successor) is None:
        return ""
    if after.state in OUT:
        words = _("本通报已由《%(title)s》（%(number)s）更正，请打开该更正办理“%(move)s”。")
    else:
        words = _("《%(title)s》正在办理（%(state)s），请先办结或者放弃，再办理“%(move)s”。")
    return words % _named(after, move)


def _named(paper: Circular, move: Move) -> dict[str, object]:
    return {
        "title": paper.title,
        "number": paper.document_number,
        "state": paper.get_state_display(),
        "move": move.label,
    }
