"""States of a hazard, what may happen in each, and for whom somebody has to act; pure.

Source: grid standard 4.2.2, 5.6.1 (S2-4.2.2a, S2-4.2.2b, S2-5.6.1c).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class State(TextChoices):
    REPORTED = "reported", gettext_lazy("待定级")
    GRADED = "graded", gettext_lazy("待认领")
    OWNED = "owned", gettext_lazy("治理中")
    RECTIFIED = "rectified", gettext_lazy("待核验")
    VERIFIED = "verified", gettext_lazy("待销号")
    CLOSED = "closed", gettext_lazy("已销号")
    DISMISSED = "dismissed", gettext_lazy("不予列入")


OPEN = frozenset({State.REPORTED, State.GRADED, State.OWNED, State.RECTIFIED, State.VERIFIED})
# Where the deadline runs: somebody still has to put it right.
RUNNING = frozenset({State.REPORTED, State.GRADED, State.OWNED})
DONE = frozenset({State.CLOSED})


class Move(TextChoices):
    REPORT = "report", gettext_lazy("上报")
    LOCATE = "locate", gettext_lazy("确定网格")
    GRADE = "grade", gettext_lazy("定级、派单")
    DISMISS = "dismiss", gettext_lazy("不予列入")
    ACCEPT = "accept", gettext_lazy("认领")
    DECLINE = "decline", gettext_lazy("退回改派")
    REASSIGN = "reassign", gettext_lazy("改派")
    RECTIFY = "rectify", gettext_lazy("治理完成")
    EXTEND = "extend", gettext_lazy("延期")
    VERIFY = "verify", gettext_lazy("核验通过")
    RETURN = "return", gettext_lazy("退回治理")
    CLOSE = "close", gettext_lazy("销号")


class Side(TextChoices):
    """For whom somebody acts. The owner is a person, on either side."""

    MANAGER = "manager", gettext_lazy("供电企业隐患管理人员")
    COMPANY = "company", gettext_lazy("供电企业")
    GOVERNMENT = "government", gettext_lazy("政府网格")
    OWNER = "owner", gettext_lazy("治理责任人")


@dataclass(frozen=True)
class Rule:
    """One move: from which states, to which (None: the state stays), by which sides."""

    move: Move
    sources: tuple[State, ...]
    target: State | None
    sides: frozenset[Side]

    @property
    def label(self) -> str:
        return str(self.move.label)

    @property
    def who(self) -> str:
        return "、".join(str(one.label) for one in Side if one in self.sides)

    @property
    def needs(self) -> Any:
        """Who does it, as the drawing of the workflow asks for it."""
        return SimpleNamespace(label=self.who)


S = State
MANAGER, OWNER = frozenset({Side.MANAGER}), frozenset({Side.OWNER})
CHECKERS = frozenset({Side.MANAGER, Side.GOVERNMENT})
TABLE: dict[Move, Rule] = {
    rule.move: rule
    for rule in (
        Rule(Move.LOCATE, (S.REPORTED,), None, MANAGER),
        Rule(Move.GRADE, (S.REPORTED,), S.GRADED, MANAGER),
        Rule(Move.DISMISS, (S.REPORTED,), S.DISMISSED, MANAGER),
        # Joint governance: it is in hand when the owners of both sides have accepted it.
        Rule(Move.ACCEPT, (S.GRADED,), S.OWNED, OWNER),
        Rule(Move.DECLINE, (S.GRADED,), S.REPORTED, OWNER),
        Rule(Move.REASSIGN, (S.GRADED, S.OWNED), S.GRADED, MANAGER),
        Rule(Move.RECTIFY, (S.OWNED,), S.RECTIFIED, OWNER),
        Rule(Move.EXTEND, (S.GRADED, S.OWNED), None, MANAGER),
        Rule(Move.VERIFY, (S.RECTIFIED,), S.VERIFIED, CHECKERS),
        Rule(Move.RETURN, (S.RECTIFIED, S.VERIFIED), S.OWNED, CHECKERS),
        Rule(Move.CLOSE, (S.VERIFIED,), S.CLOSED, CHECKERS),
    )
}


def wrong_side(move: Move, sides: frozenset[Side]) -> str:
    """Why it is never for somebody of these sides; empty when it may be."""
    rule = TABLE[move]
    if sides & rule.sides:
        return ""
    return _("“%(move)s”由%(who)s办理。") % {"move": move.label, "who": rule.who}


def refusal(move: Move, state: str, sides: frozenset[Side]) -> str:
    """Why it may not happen now, or not by somebody of these sides; empty when it may."""
    if why_not := wrong_side(move, sides):
        return why_not
    if state not in TABLE[move].sources:
        words = {"state": State(state).label, "move": move.label}
        return _("该隐患目前为“%(state)s”，不能办理“%(move)s”。") % words
    return ""
