"""States of a household in the special-group ledger, and what may be done in each. Pure."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class State(TextChoices):
    STANDING = "standing", gettext_lazy("在册")
    ENDED = "ended", gettext_lazy("已退出台账")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回同意")


class Move(TextChoices):
    REGISTER = "register", gettext_lazy("登记")
    CHANGE = "change", gettext_lazy("修改信息")
    REVIEW = "review", gettext_lazy("复核信息")
    SHARE = "share", gettext_lazy("同意向政府网格共享")
    UNSHARE = "unshare", gettext_lazy("停止向政府网格共享")
    HELP = "help", gettext_lazy("安排结对帮扶")
    HAND_OVER = "hand_over", gettext_lazy("移交结对帮扶")
    END_HELP = "end_help", gettext_lazy("结束结对帮扶")
    PLAN_CHECK = "plan_check", gettext_lazy("安排安全检查")
    CHECK = "check", gettext_lazy("登记安全检查")
    PLAN_VISIT = "plan_visit", gettext_lazy("安排节日慰问")
    VISIT = "visit", gettext_lazy("登记节日慰问")
    END = "end", gettext_lazy("退出台账")
    WITHDRAW = "withdraw", gettext_lazy("撤回同意")
    BLANK = "blank", gettext_lazy("清除个人信息")


S = State
# Whoever left may still withdraw, as long as something personal is there.
FROM: dict[Move, frozenset[State]] = {
    **{move: frozenset({S.STANDING}) for move in Move},
    Move.WITHDRAW: frozenset({S.STANDING, S.ENDED}),
    Move.BLANK: frozenset({S.ENDED}),
}
# What the officer of the government's grid may do beside registering: take down a withdrawal.
OFFICER = frozenset({Move.WITHDRAW})
LAMPS = {S.STANDING: "ok", S.ENDED: "done", S.WITHDRAWN: "pause"}


def refusal(move: Move, state: Any) -> str:
    """Why it may not be done in a state; empty: it may."""
    if state in FROM[move]:
        return ""
    words = {"state": State(state).label, "move": move.label}
    return _("该户%(state)s，不能办理“%(move)s”。") % words
