"""What the acts on claims are called: the words of grids, not those of hotlines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.workflow import Act, State

ACTS: dict[str, Any] = {
    Act.TAKE: _("报到"),
    Act.ARRIVE: _("到场"),
    Act.CONTACT: _("反馈进展"),
    Act.REPLY: _("办结回复"),
    Act.PASS_ON: _("转交对方单位"),
    Act.REWORK: _("退回重办"),
    Act.CLOSE: _("确认办结"),
    Act.REOPEN: _("重新办理"),
    Act.WITHDRAW: _("撤回吹哨"),
    Act.URGE: _("催办"),
}
STATES: dict[str, Any] = {
    State.DISPATCHED: _("已吹哨，待报到"),
    State.HANDLING: _("已报到，办理中"),
    State.ARRIVED: _("已到场"),
    State.REPLIED: _("待网格员确认"),
    State.CLOSED: _("已确认办结"),
    State.PASSED_ON: _("已转交对方单位"),
    State.WITHDRAWN: _("已撤回"),
}


def word_of(act: str) -> Any:
    """What an act on a claim is called."""
    return ACTS.get(act) or Act(act).label


def state_of(state: str) -> Any:
    """Where a claim stands."""
    return STATES.get(state) or State(state).label
