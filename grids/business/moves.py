"""States of a request, what may happen in each, and who may do it; pure."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class State(TextChoices):
    PASSED_ON = "passed_on", gettext_lazy("待受理")
    IN_PROGRESS = "in_progress", gettext_lazy("办理中")
    MATERIALS = "materials", gettext_lazy("待补材料")
    FINISHED = "finished", gettext_lazy("已办结待告知")
    INFORMED = "informed", gettext_lazy("已告知客户")
    RETURNED = "returned", gettext_lazy("已退回")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


OPEN = frozenset({State.PASSED_ON, State.IN_PROGRESS, State.MATERIALS})
DONE = frozenset({State.FINISHED, State.INFORMED})


class Move(TextChoices):
    PASS_ON = "pass_on", gettext_lazy("转办")
    TAKE = "take", gettext_lazy("受理")
    NOTIFY = "notify", gettext_lazy("一次性告知材料")
    RECEIVE = "receive", gettext_lazy("收到材料")
    HAND_OVER = "hand_over", gettext_lazy("内部移交")
    COMPLETE = "complete", gettext_lazy("完成环节")
    SIGN = "sign", gettext_lazy("会签同意")
    OBJECT = "object", gettext_lazy("会签不同意")
    FINISH = "finish", gettext_lazy("办结并回告")
    RETURN = "return", gettext_lazy("退回")
    INFORM = "inform", gettext_lazy("告知客户")
    WITHDRAW = "withdraw", gettext_lazy("撤回")


class Side(StrEnum):
    """For whom somebody acts."""

    COMPANY = "company"
    OFFICER = "officer"
    GOVERNMENT = "government"


# In which states, and by which sides.
TABLE: dict[Move, tuple[frozenset[State], frozenset[Side]]] = {
    Move.TAKE: (frozenset({State.PASSED_ON}), frozenset({Side.COMPANY})),
    Move.NOTIFY: (frozenset({State.IN_PROGRESS}), frozenset({Side.COMPANY})),
    Move.RECEIVE: (frozenset({State.MATERIALS}), frozenset({Side.COMPANY, Side.OFFICER})),
    Move.HAND_OVER: (OPEN, frozenset({Side.COMPANY})),
    Move.COMPLETE: (frozenset({State.IN_PROGRESS}), frozenset(Side)),
    Move.SIGN: (frozenset({State.IN_PROGRESS}), frozenset({Side.COMPANY, Side.GOVERNMENT})),
    Move.OBJECT: (frozenset({State.IN_PROGRESS}), frozenset({Side.COMPANY, Side.GOVERNMENT})),
    Move.FINISH: (frozenset({State.IN_PROGRESS}), frozenset({Side.COMPANY})),
    Move.RETURN: (OPEN, frozenset({Side.COMPANY})),
    Move.INFORM: (frozenset({State.FINISHED}), frozenset({Side.OFFICER})),
    Move.WITHDRAW: (OPEN, frozenset({Side.OFFICER})),
}


def wrong_side(move: Move, sides: frozenset[Side]) -> str:
    """Why it is never for somebody of these sides; empty when it may be."""
    by = TABLE[move][1]
    if sides & by:
        return ""
    return _("“%(move)s”由%(who)s办理。") % {"move": move.label, "who": _who(by)}


def refusal(move: Move, state: str, sides: frozenset[Side]) -> str:
    """Why it may not happen now, or not by somebody of these sides; empty when it may."""
    states, _by = TABLE[move]
    if why_not := wrong_side(move, sides):
        return why_not
    if state not in states:
        words = {"state": State(state).label, "move": move.label}
        return _("该业务目前为“%(state)s”，不能办理“%(move)s”。") % words
    return ""


def _who(sides: frozenset[Side]) -> str:
    names = {
        Side.COMPANY: _("供电企业"),
        Side.OFFICER: _("转办的政府网格"),
        Side.GOVERNMENT: _("会签的政府部门"),
    }
    return "、".join(str(names[one]) for one in Side if one in sides)
