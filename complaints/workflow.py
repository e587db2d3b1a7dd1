"""The vocabulary of cases: states, acts and clock states, by which procedures are written.

Which act may follow which, who does it, and what it does to the clocks is data: see
``catalogue/procedures`` and ``procedures``. Here stand only the words and their labels.
"""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Source(TextChoices):
    """Which house a case came in by."""

    H12398 = "12398", _("12398热线")
    H95598 = "95598", _("95598热线")
    H12345 = "12345", _("12345热线")
    GRID = "grid", _("政府网格")
    LETTER = "letter", _("来信")
    VISIT = "visit", _("来访")
    WEB = "web", _("网上提交")


# What comes in by the regulator's own hotline and desk; 95598, 12345 and grids have their own.
OF_OFFICES = (Source.H12398, Source.LETTER, Source.VISIT, Source.WEB)


class State(TextChoices):
    """All states that procedures may use; each procedure uses some of them."""

    REGISTERED = "registered", _("已登记")
    ACCEPTED = "accepted", _("已受理")
    DISPATCHED = "dispatched", _("已派发")
    HANDLING = "handling", _("办理中")
    ARRIVED = "arrived", _("已到场")
    RESTORED = "restored", _("已复电")
    REPLIED = "replied", _("已答复")
    VERIFIED = "verified", _("已核实")
    INFORMED = "informed", _("已告知")
    CLOSED = "closed", _("已办结")
    REFUSED = "refused", _("不予受理")
    PASSED_ON = "passed_on", _("已移送")
    WITHDRAWN = "withdrawn", _("已撤诉")
    MERGED = "merged", _("已并案")
    ARCHIVED = "archived", _("已归档")


# Where nobody has to act any more.
DONE = (
    State.CLOSED,
    State.REFUSED,
    State.PASSED_ON,
    State.WITHDRAWN,
    State.MERGED,
    State.ARCHIVED,
)


class Act(TextChoices):
    """Everything that can be done with a case."""

    ACCEPT = "accept", _("受理")
    REFUSE = "refuse", _("不予受理")
    PASS_ON = "pass_on", _("移送")
    DISPATCH = "dispatch", _("派发")
    TRANSFER = "transfer", _("转办企业")
    TAKE = "take", _("接单")
    CONTACT = "contact", _("联系诉求人")
    ARRIVE = "arrive", _("到达现场")
    RESTORE = "restore", _("恢复供电")
    REPLY = "reply", _("答复")
    REWORK = "rework", _("退回重办")
    RETURN_SLIP = "return_slip", _("退单")
    ARBITRATE = "arbitrate", _("裁定承办单位")
    VERIFY = "verify", _("核实定性")
    INFORM = "inform", _("告知诉求人")
    VISIT = "visit", _("回访")
    CLOSE = "close", _("办结")
    REOPEN = "reopen", _("重新办理")
    APPEAL = "appeal", _("登记申诉")
    WITHDRAW = "withdraw", _("撤诉")
    URGE = "urge", _("催办")
    SUPERVISE = "supervise", _("督办")
    ANSWER_SUPERVISION = "answer_supervision", _("督办反馈")
    PAUSE = "pause", _("暂停计时")
    RESUME = "resume", _("恢复计时")
    EXTEND = "extend", _("延长期限")
    ARCHIVE = "archive", _("归档")


class Side(TextChoices):
    """In whose name an act is done."""

    OWNER = "owner", _("首接单位")
    HOLDER = "holder", _("承办单位")
    REGULATOR = "regulator", _("监管机构")
    GOVERNMENT = "government", _("政府网格")


class ClockState(TextChoices):
    RUNNING = "running", _("计时中")
    PAUSED = "paused", _("已暂停")
    MET = "met", _("按期完成")
    LATE = "late", _("逾期完成")
    VOID = "void", _("不再计时")


# Clocks that somebody still has to stop.
TICKING = (ClockState.RUNNING, ClockState.PAUSED)


class Audience(TextChoices):
    """Who may read a note: each of the three by itself or together."""

    REGULATOR = "regulator", _("监管机构")
    COMPANY = "company", _("供电企业")
    COMPLAINANT = "complainant", _("诉求人")


# What a complainant adds by the tracking page; no step of the procedure.
SUPPLEMENT, RATED = "supplement", "rated"

# The procedure of claims that grids share; it is never chosen by source, see ``claims``.
CLAIM = "grid-claim"

# Natures in which somebody informs on another: the informed-on never learns of it.
REPORT = "report"
# Power that is off or bad, told so that somebody repairs it.
FAULT = "fault"
# Who is not content with what became of a complaint, to the regulator.
APPEAL = "appeal"


def keeps_secret(of: Any) -> bool:
    """Whether nobody but the receiver and regulators may learn whom a case (or a record of one)
    comes from: reports of wrongdoing, anonymous callers, and those who asked for secrecy.
    """
    return bool(of.nature == REPORT or of.anonymous or of.confidential)
