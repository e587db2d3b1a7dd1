"""What the pages of the line to companies' systems read: messages, and how well it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from complaints.models import Case, HotlineMessage, Reconciliation
from core import clock
from core.asked import day as day_of
from core.components import Stat, Tab

Direction, State = HotlineMessage.Direction, HotlineMessage.State
LAMPS = {
    State.ACCEPTED: "done",
    State.REFUSED: "late",
    State.WAITING: "ok",
    State.RETRYING: "near",
    State.DELIVERED: "done",
    State.DEAD: "late",
    State.DROPPED: "pause",
}
KINDS: dict[str, Any] = {
    "case": gettext_lazy("报送诉求"),
    "batch": gettext_lazy("批量报送"),
    "event.dispatched": gettext_lazy("进展：派发"),
    "event.accepted": gettext_lazy("进展：接单"),
    "event.contacted": gettext_lazy("进展：联系诉求人"),
    "event.arrived": gettext_lazy("进展：到场"),
    "event.restored": gettext_lazy("进展：复电"),
    "event.replied": gettext_lazy("进展：答复"),
    "event.returned": gettext_lazy("进展：退单"),
    "event.visited": gettext_lazy("进展：回访"),
    "event.closed": gettext_lazy("进展：办结"),
    "event.urged": gettext_lazy("进展：催办"),
    "transfer.receive": gettext_lazy("接收转办"),
    "transfer.reply": gettext_lazy("答复转办"),
    "transfer.return": gettext_lazy("退回转办"),
    "issues": gettext_lazy("焦点、难点报告"),
    "reconciliation": gettext_lazy("对账"),
    "case.transferred": gettext_lazy("诉求转办"),
    "case.urged": gettext_lazy("催办"),
    "case.supervised": gettext_lazy("督办"),
    "case.returned": gettext_lazy("退回重办"),
    "case.closed": gettext_lazy("诉求办结"),
}


def kind_label(kind: str) -> str:
    """What a kind of message is called; the code where it has no name."""
    return str(KINDS.get(kind, kind))


def tabs(chosen: str) -> list[Tab]:
    """The pages of the line, as tabs."""
    pages = (
        ("messages", _("消息台账"), "complaints:sync"),
        ("reconciliation", _("每日对账"), "complaints:reconciliations"),
    )
    return [Tab(label, reverse(name), key == chosen) for key, label, name in pages]


@dataclass(frozen=True)
class Filters:
    """What the ledger was asked for; anything that is not in the lists asks nothing."""

    organisation: str = ""
    direction: str = ""
    state: str = ""
    kind: str = ""
    number: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{name: params.get(name, "").strip()[:60] for name in cls.__annotations__})

    def on(self, messages: QuerySet[HotlineMessage]) -> QuerySet[HotlineMessage]:
        """The messages that fit."""
        if self.direction in Direction.values:
            messages = messages.filter(direction=self.direction)
        if self.state in State.values:
            messages = messages.filter(state=self.state)
        if self.kind in KINDS:
            messages = messages.filter(kind=self.kind)
        if self.number:
            messages = messages.filter(number=self.number)
        if self.organisation:
            named = Q(organisation__name__icontains=self.organisation)
            messages = messages.filter(named | Q(organisation__code=self.organisation))
        if since := day_of(self.since):
            messages = messages.filter(last_at__gte=clock.at(since))
        if until := day_of(self.until):
            messages = messages.filter(last_at__lt=clock.at(until + timedelta(days=1)))
        return messages


def messages(user: User) -> QuerySet[HotlineMessage]:
    """Messages in sight with their state and everything that a row shows."""
    seen = HotlineMessage.objects.visible_to(user).standing()
    return seen.select_related("organisation", "letter", "case", "endpoint")


def health(user: User, *, now: datetime) -> list[Stat]:
    """How well the line runs, each number with its list."""
    seen = HotlineMessage.objects.visible_to(user)
    standing = seen.standing()
    dead = seen.dead().count()
    retrying = standing.filter(state=State.RETRYING).count()
    today = clock.day_of(now)
    refused = seen.filter(refused=True, last_at__gte=clock.at(today)).count()
    last = {
        direction: seen.filter(direction=direction).aggregate(last=Max("last_at"))["last"]
        for direction in (Direction.IN, Direction.OUT)
    }
    runs = Reconciliation.objects.visible_to(user).latest()
    unequal = runs.exclude(state=Reconciliation.State.EQUAL).count()
    here, days = reverse("complaints:sync"), reverse("complaints:reconciliations")
    refused_url = f"{here}?state=refused&since={today.isoformat()}"
    return [
        Stat(_("未送达"), dead, f"{here}?state=dead", tone="late" if dead else "ok"),
        Stat(_("重试中"), retrying, f"{here}?state=retrying", tone="near" if retrying else ""),
        Stat(_("今日拒绝"), refused, refused_url, tone="near" if refused else ""),
        Stat(_("最近接收"), _ago(last[Direction.IN], now), f"{here}?direction=in"),
        Stat(_("最近推送"), _ago(last[Direction.OUT], now), f"{here}?direction=out"),
        Stat(_("对账未一致"), unequal, f"{days}?view=unequal", tone="late" if unequal else ""),
    ]


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return _("尚无")
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return _("%(count)d 分钟前") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d 小时前") % {"count": minutes // 60}
    return _("%(count)d 天前") % {"count": minutes // 1440}


def cases_of(found: Iterable[HotlineMessage], user: User) -> dict[int, Case]:
    """The case of each message, by the message's key, where it is in sight."""
    rows = [one for one in found if one.number]
    named = Q(number__in={one.number for one in rows if one.case_id is None})
    wanted = Q(pk__in={one.case_id for one in rows if one.case_id}) | named
    cases = list(Case.objects.visible_to(user).filter(wanted).select_related("holder"))
    return {
        message.pk: case
        for message in rows
        for case in cases
        if (case.pk == message.case_id if message.case_id else _is_about(message, case))
    }


def _is_about(message: HotlineMessage, case: Case) -> bool:
    place = message.organisation
    mine = case.owner_id == place.pk or case.holder.path.startswith(place.path)
    return case.number == message.number and mine


def row(message: HotlineMessage, cases: Mapping[int, Case]) -> dict[str, Any]:
    """A message as a line of the list; its case is a link only where that is in sight."""
    state = State(message.state)  # type: ignore[attr-defined]
    letter = message.letter
    return {
        "message": message,
        "lamp": LAMPS[state],
        "state": state.label,
        "kind": kind_label(message.kind),
        "case": cases.get(message.pk),
        "tries": message.attempts + (letter.attempts if letter else 0),
        "next_at": letter.not_before if letter and state == State.RETRYING else None,
        "error": letter.error if letter and state != State.DELIVERED else "",
    }
