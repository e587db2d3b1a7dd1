"""What a complainant reads of their own case: where it stands, what comes next, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Case, CaseClock, Term
from complaints.procedures import definition_of
from complaints.queries import PublicLine, case_notes_for_complainant
from complaints.workflow import DONE, Act, ClockState, State
from core import clock

# Where a case stands, said to somebody who knows nothing of procedures.
PLAIN: dict[str, Promise] = {
    State.REGISTERED: _("您反映的事项已经登记，正在审核。"),
    State.ACCEPTED: _("您反映的事项已经受理，正在调查核实。"),
    State.DISPATCHED: _("您反映的事项已经转交承办单位，等待对方接单。"),
    State.HANDLING: _("承办单位正在办理您反映的事项。"),
    State.ARRIVED: _("工作人员已经到达现场。"),
    State.RESTORED: _("供电已经恢复，正在核实情况。"),
    State.REPLIED: _("承办单位已经提交办理情况，正在审核。"),
    State.VERIFIED: _("情况已经核实，正在准备给您的答复。"),
    State.INFORMED: _("办理结果已经告知，等待办结。"),
    State.CLOSED: _("您反映的事项已经办结。"),
    State.REFUSED: _("您反映的事项不予受理，理由见办理过程。"),
    State.PASSED_ON: _("您反映的事项已经移送有权处理的部门。"),
    State.WITHDRAWN: _("该诉求已经撤回，不再办理。"),
    State.MERGED: _("您反映的事项与同一事项的其他诉求合并办理。"),
    State.ARCHIVED: _("您反映的事项已经办结归档。"),
}

# Steps that a complainant may know of even where the words are for others.
KNOWN: dict[str, Promise] = {
    "received": _("登记诉求"),
    Act.ACCEPT: _("决定受理"),
    Act.PASS_ON: _("移送有权处理的部门"),
    Act.DISPATCH: _("派给承办单位"),
    Act.TRANSFER: _("转交承办单位"),
    Act.TAKE: _("承办单位接单"),
    Act.ARRIVE: _("到达现场"),
    Act.RESTORE: _("恢复供电"),
    Act.REPLY: _("承办单位提交办理情况"),
    Act.VERIFY: _("核实情况"),
    Act.CLOSE: _("办结"),
    Act.REOPEN: _("重新办理"),
    Act.WITHDRAW: _("撤回诉求"),
    Act.APPEAL: _("登记申诉"),
}


@dataclass(frozen=True)
class Next:
    """What has to be done by when; ``waits_for`` where the clock stands still, and why."""

    label: str
    due_at: datetime
    provisional: bool
    waits_for: str = ""


def status_of(case: Case) -> list[Any]:
    """Where the case stands, in plain sentences."""
    said = [PLAIN[case.state]]
    if case.state == State.MERGED and case.merged_into is not None:
        main = case.merged_into
        said.append(PLAIN[main.state] if main.state != State.MERGED else PLAIN[State.HANDLING])
    return said


def next_steps(case: Case) -> list[Next]:
    """The clocks of the case that still have to be met, the earliest first."""
    if case.state in DONE:
        return []
    rules = definition_of(case.procedure).clocks
    ticking = case.clocks.filter(state__in=(ClockState.RUNNING, ClockState.PAUSED))
    return [
        Next(rules[one.code].shown, one.due_at, one.provisional, _waits_for(one))
        for one in ticking.order_by("due_at", "pk")
    ]


def _waits_for(one: CaseClock) -> str:
    if one.state != ClockState.PAUSED:
        return ""
    pause = one.pauses.filter(end__isnull=True).order_by("-pk").first()
    if pause is None:
        return ""
    on = clock.day_of(pause.start)
    return Term.objects.labels(Term.Kind.PAUSE_REASON, on=on).get(pause.reason, "")


def steps(case: Case) -> list[PublicLine]:
    """What was done, newest first: the words only of what was written for the complainant."""
    silent = case.events.filter(kind__in=KNOWN, to_complainant=False).select_related("organisation")
    found = [
        PublicLine(
            one.at,
            str(KNOWN[one.kind]),
            one.organisation.name if one.organisation else "",
            "",
        )
        for one in silent
    ]
    found += case_notes_for_complainant(case)
    return sorted(found, key=lambda line: line.at, reverse=True)
