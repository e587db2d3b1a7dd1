"""How cases and clocks look: lamps and words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Case, CaseClock, CaseEvent, ClockPause
from complaints.privacy import spoken
from complaints.procedures import definition_of
from complaints.workflow import RATED, SUPPLEMENT, Act, ClockState, State
from core import sla
from core.components import Event

# The lamp of a clock turns in the last quarter of its time.
NEAR_SHARE = 4


def case_lamp(case: Case, *, now: datetime) -> tuple[str, str]:
    """Lamp and word of a case in a list."""
    if not case.is_open and case.due_at is None:
        return "done", State(case.state).label
    if case.due_at is None:
        return "ok", State(case.state).label
    lamp = sla.lamp(now, case.due_at, near=(case.due_at - case.received_at) / NEAR_SHARE)
    return lamp, State(case.state).label


def clock_rows(case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """The clocks of a case as the page shows them, those that run first."""
    rules = definition_of(case.procedure).clocks
    order = {ClockState.RUNNING: 0, ClockState.PAUSED: 1}
    clocks = sorted(case.clocks.all(), key=lambda one: (order.get(one.state, 2), one.due_at))
    return [
        {
            "clock": one,
            "title": rules[one.code].shown,
            "lamp": clock_lamp(one, now=now),
            "text": clock_text(one, now=now),
            "explanation": list(sla.shown(one.explanation)),
        }
        for one in clocks
    ]


def with_pauses(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same clocks with when they stood still; one that does says since when."""
    found = ClockPause.objects.filter(clock__in=[row["clock"] for row in rows])
    for row in rows:
        own = [(one.start, one.end) for one in found if one.clock_id == row["clock"].pk]
        row["pauses"] = own
        if row["clock"].state == ClockState.PAUSED and own:
            since = timezone.localtime(own[-1][0])
            row["note"] = _("自%(time)s起暂停，恢复后顺延") % {"time": f"{since:%m-%d %H:%M}"}
    return rows


def clock_lamp(clock: CaseClock, *, now: datetime) -> str:
    if clock.state in (ClockState.MET, ClockState.VOID):
        return "done"
    if clock.state == ClockState.LATE:
        return "late"
    near = (clock.due_at - clock.started_at) / NEAR_SHARE
    return sla.lamp(now, clock.due_at, paused=clock.state == ClockState.PAUSED, near=near)


def clock_text(clock: CaseClock, *, now: datetime) -> str:
    if clock.state == ClockState.RUNNING and clock_lamp(clock, now=now) == "late":
        return _("已逾期")
    return str(ClockState(clock.state).label)


def events(found: list[CaseEvent]) -> list[Event]:
    """The timeline; personal data in texts is masked."""
    return [
        Event(
            one.at,
            kind_label(one.kind),
            spoken(one.text, one.case),
            _who(one),
            tone="late" if one.kind in (Act.RETURN_SLIP, Act.REWORK, Act.SUPERVISE) else "",
        )
        for one in found
    ]


def kind_label(kind: str) -> str:
    words = {
        "received": _("登记"),
        "note": _("记录"),
        "merge": _("并案"),
        "unlink": _("撤销关联"),
        CaseEvent.ATTACH: _("上传附件"),
        CaseEvent.UNATTACH: _("撤回附件"),
        CaseEvent.RERULED: _("适用新程序"),
        SUPPLEMENT: _("诉求人补充"),
        RATED: _("诉求人评价"),
        "link": _("关联"),
        "repeat": _("重复诉求"),
        "incident": _("并入事件"),
        "incident_out": _("移出事件"),
        CaseEvent.LOCATED: _("确定网格"),
        CaseEvent.OFFERED: _("提出移交"),
        CaseEvent.PASSED: _("确认接手"),
        CaseEvent.DECLINED: _("未接手"),
        CaseEvent.TOLD_ONCE: _("一次性告知"),
        CaseEvent.SIGNED: _("协同签署"),
        CaseEvent.MEDIATED: _("调解"),
        CaseEvent.JOINED: _("转为协同办理"),
        CaseEvent.TOPIC: _("提交联席会议"),
        CaseEvent.DECIDED: _("联席会议议定"),
        CaseEvent.PHOTO: _("现场记录"),
    }
    return str(words.get(kind) or (Act(kind).label if kind in Act.values else kind))


def _who(event: CaseEvent) -> str:
    # A system names who did it there; the complainant's own name may stand there by mistake.
    person = event.by or spoken(event.author, event.case)
    parts = (str(part) for part in (event.organisation, person) if part)
    return " ".join(parts)
