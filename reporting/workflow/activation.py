"""The life of an ordered-use event: announced, active, released, and its execution reported.

Source: campaign plan 三、(三)1(2) (S1-3.3.1(2)); 《有序用电管理办法》: a warning is announced by
grade, the plan is carried out when the government says so, and ends when the gap is gone.
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
    from reporting.models import Activation


class State(TextChoices):
    ANNOUNCED = "announced", gettext_lazy("已预警")
    ACTIVE = "active", gettext_lazy("执行中")
    RELEASED = "released", gettext_lazy("已解除")
    REPORTED = "reported", gettext_lazy("已报送执行情况")


OPEN = (State.ANNOUNCED, State.ACTIVE)
OVER = (State.RELEASED, State.REPORTED)
P, S = Permission, State
ANNOUNCE = Move("announce", gettext_lazy("发布预警"), (), S.ANNOUNCED, P.FILING_DRAFT)  # type: ignore[arg-type]
START = Move("start", gettext_lazy("启动"), (S.ANNOUNCED,), S.ACTIVE, P.FILING_DRAFT)  # type: ignore[arg-type]
# Another grade while it lasts, or a later end.
ADJUST = Move("adjust", gettext_lazy("调整"), OPEN, None, P.FILING_DRAFT)  # type: ignore[arg-type]
RELEASE = Move("release", gettext_lazy("解除"), OPEN, S.RELEASED, P.FILING_DRAFT)  # type: ignore[arg-type]
ENTER = Move("enter", gettext_lazy("登记执行情况"), (S.ACTIVE, S.RELEASED), None, P.FILING_DRAFT)  # type: ignore[arg-type]
REPORT = Move("report", gettext_lazy("报送执行情况"), (S.RELEASED,), S.REPORTED, P.FILING_CERTIFY)  # type: ignore[arg-type]
REOPEN = Move("reopen", gettext_lazy("更正执行情况"), (S.REPORTED,), S.RELEASED, P.FILING_CERTIFY)  # type: ignore[arg-type]
MOVES = (ANNOUNCE, START, ADJUST, RELEASE, ENTER, REPORT, REOPEN)


def refusal(move: Move, activation: Activation, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if move is not ANNOUNCE and activation.state not in move.sources:
        return _("该事件处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": activation.get_state_display(),
            "move": move.label,
        }
    if not works_for(by, move.needs, activation.organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": activation.organisation,
            "permission": move.needs.label,
        }
    if move is REPORT and by.pk in activation.editors:
        return _("登记执行情况的人员不能认证报送，请由本单位另一人办理。")
    return ""
