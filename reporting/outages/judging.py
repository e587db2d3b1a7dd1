"""What the rules find in a notice: lead time, what is late or missing, and why; pure.

Source: campaign plan 二(一)1 (S1-2.1.1g, S1-2.1.1h), 三(三)3 (S1-3.3.1(3)b, c), 二(一)3
(S1-2.1.3b); Measures on Supervision of Power Supply (供电监管办法) art. 13, 14.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from core.clock import written
from core.sla import Line
from reporting.outages.rules import Rule, Rules

# After the planned end, until it is said when power was back. No rule of anybody's: a reminder.
REPORTED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What of a notice is judged."""

    kind: str
    planned_start: datetime
    planned_end: datetime
    unit: str = ""
    reason: str = ""
    document: str = ""
    named: bool = True
    households: int = 0
    important_users: int = 0
    # From when the announcement counts, and what was typed where that is earlier.
    published_at: datetime | None = None
    typed_at: datetime | None = None
    # Whether the time of an announcement was moved to before what had been said of it.
    corrected: bool = False
    important_told_at: datetime | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    arrived_at: datetime | None = None
    cause_ended_at: datetime | None = None
    # Cancelled before its start; called off: when it should have begun already.
    cancelled: bool = False
    called_off: bool = False
    # Work by a method for which nobody goes without power.
    lived: bool = False
    # Minutes in which a repair team has to be on site there; None: no rule says so.
    arrival_minutes: int | None = None
    area_named: bool = True
    # Whether the document is an approved plan that the portal holds; None: nobody asks.
    document_held: bool | None = None

    @property
    def start(self) -> datetime:
        """When power went off, or is to: earlier than announced counts from then."""
        if self.actual_start is None:
            return self.planned_start
        return min(self.actual_start, self.planned_start)

    def begun(self, now: datetime) -> bool:
        return self.actual_start is not None or (not self.cancelled and self.planned_start <= now)


@dataclass(frozen=True)
class Flag:
    """One thing that is not as it must be, by the rule that says so."""

    code: str
    rule: Rule | None = None
    detail: str = ""


@dataclass(frozen=True)
class Judgement:
    """What was found. ``again``: when time alone may change it; ``lead_ok`` None: no rule asks."""

    lead: timedelta | None = None
    lead_ok: bool | None = None
    flags: tuple[Flag, ...] = ()
    explanation: tuple[Line, ...] = ()
    again: datetime | None = None

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(flag.code for flag in self.flags)


@dataclass
class _Judge:
    facts: Facts
    rules: Rules
    now: datetime
    flags: dict[str, Flag] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    def flag(self, code: str, rule: Rule | None = None, detail: str = "") -> None:
        self.flags.setdefault(code, Flag(code, rule, detail))

    def say(self, text: str, value: str, rule: Rule | None = None) -> None:
        self.lines.append({"text": text, "value": value, "source": rule.named if rule else ""})

    def passed(self, moment: datetime) -> bool:
        """Whether a moment is over; if not, the notice is judged again then."""
        if moment < self.now:
            return True
        self.moments.append(moment)
        return False


def judge(facts: Facts, rules: Rules, *, now: datetime) -> Judgement:
    """Hold a notice against the rules of its day. Written so that the same facts and the same
    instant always find the same."""
    judge = _Judge(facts, rules, now)
    kind = rules.kind(facts.kind)
    emergency = bool(kind and kind.content.get("emergency"))
    if facts.actual_start is None:
        if facts.cancelled:
            return Judgement(lead=_lead(facts))
        if facts.lived:
            judge.say(gettext_noop("不停电作业，不按停电判断"), "—")
            return Judgement(explanation=tuple(judge.lines))
    judge.passed(facts.planned_start)
    _lawful(judge, kind)
    lead_ok = None if emergency else _announced(judge)
    if not emergency:
        _important(judge)
    _kept(judge)
    _violation(judge, kind)
    return Judgement(
        lead=_lead(facts),
        lead_ok=lead_ok,
        flags=tuple(judge.flags.values()),
        explanation=tuple(judge.lines),
        again=min(judge.moments, default=None),
    )


def _lead(facts: Facts) -> timedelta | None:
    return facts.start - facts.published_at if facts.published_at else None


def _lawful(judge: _Judge, kind: Rule | None) -> None:
    """A lawful reason, the approved plan where one is needed, and what has to be named."""
    facts = judge.facts
    lawful = judge.rules.reasons(facts.kind)
    if facts.reason in lawful:
        rule = judge.rules.get(f"reason.{facts.reason}")
        judge.say(gettext_noop("停电原因"), lawful[facts.reason], rule)
    else:
        judge.flag("reason", kind, facts.reason)
        judge.say(gettext_noop("停电原因"), "—", kind)
    if kind and kind.content.get("document") and not facts.document:
        judge.flag("document", kind)
        judge.say(gettext_noop("缺少依据文件"), "—", kind)
    elif kind and facts.document_held is False:
        judge.flag("unmatched", kind, facts.document)
        judge.say(gettext_noop("平台没有该文号的现行方案"), facts.document, kind)
    if not facts.named:
        judge.flag("fields", kind)


def _announced(judge: _Judge) -> bool | None:
    """Whether it was announced, and long enough before its start."""
    facts = judge.facts
    if facts.corrected:
        judge.flag("corrected", detail=f"{_told(facts.typed_at)} → {_told(facts.published_at)}")
    if facts.typed_at != facts.published_at:
        judge.say(
            gettext_noop("公告后变更或者事后改早的公告时间不起算"),
            f"{_told(facts.typed_at)} → {_told(facts.published_at)}",
        )
    asked = list(
        judge.rules.of("notice", facts.kind, unit=facts.unit, residents=facts.households > 0)
    )
    told = facts.published_at
    if told is None or told >= facts.start:
        if told is not None or judge.passed(facts.start):
            judge.flag("missing", asked[0] if asked else judge.rules.kind(facts.kind), _told(told))
        for rule in asked:
            latest = rule.latest(facts.start)
            judge.say(gettext_noop("最迟公告时间"), written(latest), rule)
            if judge.passed(latest):
                judge.flag("late", rule, f"{_told(told)} → {written(facts.start)}")
        return False if judge.flags.keys() & {"late", "missing"} else None
    judge.say(gettext_noop("公告至停电"), f"{written(told)} → {written(facts.start)}")
    judge.say(gettext_noop("提前量"), length(facts.start - told))
    for rule in asked:
        enough = rule.keeps(told, facts.start)
        judge.say(
            gettext_noop("符合提前量规则") if enough else gettext_noop("不符合提前量规则"),
            f"{rule.value} {rule.unit}",
            rule,
        )
        if not enough:
            judge.flag("late", rule, f"{written(told)} → {written(facts.start)}")
    return "late" not in judge.flags if asked else None


def _important(judge: _Judge) -> None:
    """Important users are told by themselves."""
    facts = judge.facts
    if not facts.important_users:
        return
    for rule in judge.rules.of("important", facts.kind, unit=facts.unit):
        told = facts.important_told_at
        if told is None:
            latest = rule.latest(facts.start)
            judge.say(gettext_noop("最迟通知重要用户时间"), written(latest), rule)
            wrong = judge.passed(latest)
        else:
            judge.say(
                gettext_noop("通知重要用户至停电"),
                f"{written(told)} → {written(facts.start)}",
                rule,
            )
            wrong = not rule.keeps(told, facts.start)
        if wrong:
            judge.flag("important", rule, _told(told))


def _kept(judge: _Judge) -> None:
    """What became of it: earlier, longer, restored too late, on site too late."""
    facts = judge.facts
    began, ended = facts.actual_start, facts.actual_end
    if facts.called_off:
        return
    _as_announced(judge)
    for rule in judge.rules.of("restore", facts.kind, unit=facts.unit):
        if facts.cause_ended_at is not None:
            _in_time(judge, rule, facts.cause_ended_at, ended)
        elif began is not None and _over(judge, rule.due(began), ended):
            # It may well have been in time, but nobody said when the cause was gone.
            judge.flag("gaps", rule)
    residents = facts.households > 0
    for rule in judge.rules.of("duration", facts.kind, unit=facts.unit, residents=residents):
        if began and ended and ended - began > timedelta(hours=rule.value):
            judge.flag("duration", rule, length(ended - began))
    if facts.kind == "fault" and began:
        _on_site(judge, began)


def _on_site(judge: _Judge, began: datetime) -> None:
    """Whether a repair team was there in time; who was back on within that time was."""
    facts = judge.facts
    if not facts.area_named:
        judge.flag("gaps")
    if facts.arrival_minutes is None:
        return
    allowed = timedelta(minutes=facts.arrival_minutes)
    if facts.arrived_at is None:
        if _over(judge, began + allowed, facts.actual_end):
            judge.flag("gaps")
        return
    took = facts.arrived_at - began
    judge.say(gettext_noop("抢修到场用时"), f"{length(took)} / {facts.arrival_minutes} min")
    if took > allowed:
        judge.flag("repair", detail=length(took))


def _over(judge: _Judge, due: datetime, ended: datetime | None) -> bool:
    """Whether a moment passed before power was back."""
    return ended > due if ended is not None else judge.passed(due)


def _as_announced(judge: _Judge) -> None:
    facts = judge.facts
    began, ended = facts.actual_start, facts.actual_end
    told = facts.published_at is not None and facts.published_at < facts.start
    if began and told and began < facts.planned_start:
        judge.flag("early", detail=f"{written(facts.planned_start)} → {written(began)}")
    if ended and ended > facts.planned_end:
        judge.flag("overrun", detail=f"{written(facts.planned_end)} → {written(ended)}")
    if began and ended is None and judge.passed(facts.planned_end):
        judge.flag("overrun", detail=f"{written(facts.planned_end)} → —")
    waits = ended is None and facts.begun(judge.now)
    if waits and judge.passed(facts.planned_end + REPORTED_WITHIN):
        judge.flag("unreported", detail=written(facts.planned_end))


def _in_time(judge: _Judge, rule: Rule, begin: datetime, ended: datetime | None) -> None:
    due = rule.due(begin)
    judge.say(gettext_noop("最迟复电时间"), f"{written(begin)} → {written(due)}", rule)
    if _over(judge, due, ended):
        judge.flag("restore", rule, f"{written(due)} → {_told(ended)}")


def _violation(judge: _Judge, kind: Rule | None) -> None:
    """Residents cut off at will: begun, without a lawful reason, plan or notice.

    Of arrears also a notice that was too short: nobody may be cut off before.
    """
    facts = judge.facts
    if not facts.households or not facts.begun(judge.now):
        return
    grounds = {"reason", "document", "missing"}
    if facts.kind == "arrears":
        grounds |= {"late"}
    if found := [flag for code, flag in judge.flags.items() if code in grounds]:
        judge.flag("violation", kind, "、".join(flag.code for flag in found))


def _told(moment: datetime | None) -> str:
    return written(moment) if moment else "—"


def length(span: timedelta) -> str:
    """3 d 4 h 5 min, in signs that need no translation."""
    minutes = int(abs(span).total_seconds()) // 60
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    text = " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"
    return f"-{text}" if span < timedelta() else text


def clause_of(kind: Rule | None) -> str:
    """The clause that a violation by this kind of outage is against."""
    return str(kind.content.get("clause", "")) if kind else ""
