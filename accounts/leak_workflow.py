"""A suspected leak of personal data: where a report stands and what may happen to it; pure.

Source: grid standard 6.1.3 (S2-6.1.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission


class State(TextChoices):
    REPORTED = "reported", gettext_lazy("待受理")
    ACCEPTED = "accepted", gettext_lazy("处置中")
    CLOSED = "closed", gettext_lazy("已办结")
    DISMISSED = "dismissed", gettext_lazy("经核不属实")


class Act(TextChoices):
    ACCEPT = "accept", gettext_lazy("受理")
    MEASURE = "measure", gettext_lazy("登记处置措施")
    CLOSE = "close", gettext_lazy("办结")
    DISMISS = "dismiss", gettext_lazy("认定不属实")


@dataclass(frozen=True)
class Move:
    """One act: from which states, and to which (None: it stays)."""

    act: Act
    sources: tuple[State, ...]
    target: State | None = None

    @property
    def label(self) -> Any:
        return self.act.label

    @property
    def needs(self) -> Permission:
        """What the hand that does it must hold."""
        return Permission.LEAK_HANDLE


MOVES = {
    one.act: one
    for one in (
        Move(Act.ACCEPT, (State.REPORTED,), State.ACCEPTED),
        Move(Act.MEASURE, (State.ACCEPTED,)),
        Move(Act.CLOSE, (State.ACCEPTED,), State.CLOSED),
        Move(Act.DISMISS, (State.ACCEPTED,), State.DISMISSED),
    )
}
OPEN = (State.REPORTED, State.ACCEPTED)


def refusal(act: Act, state: str, *, own: bool, measures: int) -> str:
    """Why an act may not happen now; empty when it may. ``own``: by whoever reported it."""
    if own:
        return _("报告人不得处理自己报告的事项，请由其他安全管理员或者上级单位处理。")
    if state not in MOVES[act].sources:
        words = {"state": State(state).label, "act": act.label}
        return _("该报告目前为“%(state)s”，不能办理“%(act)s”。") % words
    if act is Act.CLOSE and not measures:
        return _("尚未登记处置措施，不能办结。请先登记已采取的措施。")
    return ""
