"""What an event's deviations are called: title, words and the clause that each goes against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from reporting import shortage
from reporting.models import (
    Activation,
    ExecutionRow,
    LoadControl,
    MixedLine,
    OutageNotice,
    PlanRow,
)
from reporting.models.outage import COUNTED
from reporting.models.shortage import minute_of
from reporting.ordered import executing as e
from reporting.ordered.executing import Deviation, Done, Event, Planned
from reporting.queries import plans_called

TITLES: dict[str, Any] = {
    e.NO_PLAN: gettext_lazy("没有现行方案而执行有序用电"),
    e.NOT_IN_PLAN: gettext_lazy("执行对象不在本等级方案内"),
    e.MORE_THAN_PLAN: gettext_lazy("执行负荷超过方案"),
    e.NOT_AS_PLANNED: gettext_lazy("措施或者控制方式与方案不符"),
    e.OUTSIDE_HOURS: gettext_lazy("在方案规定的时段以外执行"),
    e.SUM_OVER_PLAN: gettext_lazy("同一用户同时执行的合计超过方案"),
    e.GRADE_OFF: gettext_lazy("启动等级与缺口不符"),
    e.WRONG_ORDER: gettext_lazy("措施次序不当"),
    e.RESIDENTS_HIT: gettext_lazy("影响居民用电"),
    e.NOT_NOTICED: gettext_lazy("影响居民而没有登记停限电信息"),
    e.PROTECTED_HIT: gettext_lazy("限制优先保障用户"),
    e.CONTROL_UNUSED: gettext_lazy("负荷控制未用足而拉闸"),
    e.MIXED_CUT: gettext_lazy("拉停企业居民共线线路"),
    e.OUTSIDE_TIMES: gettext_lazy("在启动和解除时间以外执行"),
    e.RELEASED_LATE: gettext_lazy("未按时解除"),
    e.REPORTED_LATE: gettext_lazy("未按时报送执行情况"),
}
CLAUSES = {
    e.NO_PLAN: "S1-2.1.1e",
    e.NOT_IN_PLAN: "S1-1.1.2b",
    e.MORE_THAN_PLAN: "S1-1.1.2b",
    e.NOT_AS_PLANNED: "S1-1.1.2b",
    e.OUTSIDE_HOURS: "S1-1.1.2b",
    e.SUM_OVER_PLAN: "S1-1.1.2b",
    e.GRADE_OFF: "S1-3.3.1(2)",
    e.WRONG_ORDER: "S1-3.3.1(2)",
    e.RESIDENTS_HIT: "S1-3.3.1(3)a",
    e.NOT_NOTICED: "S1-2.1.1g",
    e.PROTECTED_HIT: "S1-2.1.1d",
    e.CONTROL_UNUSED: "S1-2.1.1f",
    e.MIXED_CUT: "S1-3.3.1(4)a",
    e.OUTSIDE_TIMES: "S1-2.1.1e",
    e.RELEASED_LATE: "S1-3.3.1(2)",
    e.REPORTED_LATE: "S1-3.3.1(2)",
}


@dataclass(frozen=True)
class Told:
    """A deviation in words, with the rows that it is about."""

    deviation: Deviation
    title: Any
    words: str
    clause: str
    rows: tuple[ExecutionRow, ...]

    @property
    def key(self) -> str:
        return self.deviation.key


def of(activation: Activation, *, now: datetime) -> list[Told]:
    """Everything in an event that was not as it should be, in words."""
    rows = {one.number: one for one in activation.rows.all()}
    event = event_of(activation, now=now)
    return [
        Told(
            found,
            TITLES[found.kind],
            words_of(found, rows),
            CLAUSES[found.kind],
            tuple(rows[number] for number in found.numbers),
        )
        for found in e.deviations(map(done_of, rows.values()), event)
    ]


def done_of(row: ExecutionRow) -> Done:
    names = ("number", "user_no", "line_code", "measure", "means", "executed_kw", "from_at")
    names += ("to_at", "feeder_cut", "resident_lines", "households")
    return Done(**{name: getattr(row, name) for name in names})


def event_of(activation: Activation, *, now: datetime) -> Event:
    """What an event is held against: the plan, the lines, what load control reaches."""
    unit = activation.organisation
    lines = shared_lines(activation)
    control = (
        LoadControl.objects.standing()
        .filter(organisation=unit, counted_on__lte=_day(activation.announced_at))
        .order_by("-counted_on")
        .first()
    )
    plan = activation.plan
    return Event(
        started_at=activation.started_at,
        until=activation.until,
        released_at=activation.released_at,
        now=now,
        plan=None if plan is None else _planned(activation),
        mixed_lines=frozenset(lines.values_list("code", flat=True)),
        protected_users=frozenset() if plan is None else plans_called.protected(plan),
        control_kw=control.controlled_mw * 1000 if control else Decimal(0),
        report_due_at=activation.report_due_at,
        reported_at=activation.reported_at,
        noticed=noticed(activation),
        **_graded(activation),
    )


def noticed(activation: Activation) -> list[tuple[datetime, datetime]]:
    """From when to when the unit or one below filed outages for ordered use that were not
    cancelled."""
    rows = OutageNotice.objects.filter(
        COUNTED,
        organisation__path__startswith=activation.organisation.path,
        kind=OutageNotice.Kind.ORDERED_USE,
        planned_end__gte=activation.announced_at,
    )
    return [
        (one.actual_start or one.planned_start, one.actual_end or one.planned_end)
        for one in rows.only("planned_start", "planned_end", "actual_start", "actual_end")
    ]


def shared_lines(activation: Activation) -> QuerySet[MixedLine]:
    """Lines that residents shared when the event began, as the register told it then: what was
    entered afterwards changes nothing in what was done."""
    began = activation.started_at or activation.announced_at
    lines = MixedLine.objects.filter(organisation__path__startswith=activation.organisation.path)
    return lines.filter(
        Q(separated_on__isnull=True)
        | Q(separated_on__gt=_day(began))
        | Q(separation_entered_at__gt=began)
    )


def _graded(activation: Activation) -> dict[str, Any]:
    """The gravest grade that was called, and the one that the greatest gap calls."""
    day = _day(activation.announced_at)
    rules = shortage.plan_rules(activation.organisation, on=day)
    due = shortage.grade_of(activation.gap_mw, activation.peak_mw, rules)
    called = [activation.grade, *activation.moves.values_list("grade", flat=True)]
    known = [rules.by_grade[grade] for grade in called if grade in rules.by_grade]
    if due is None or not known:
        return {}
    gravest = max(known, key=lambda grade: grade.order)
    share = activation.gap_mw * 100 / activation.peak_mw
    return {"grade": gravest.grade, "due_grade": due.grade, "share": share}


def _planned(activation: Activation) -> list[Planned]:
    assert activation.plan is not None
    kept = plans_called.kept(activation.plan)
    return [planned_of(one, one.protected in kept) for one in plans_called.rows(activation)]


def planned_of(row: PlanRow, protected: bool) -> Planned:
    return Planned(
        user_no=row.user_no,
        line_code=row.line_code,
        measure=row.measure,
        means=row.control_means,
        most_kw=Decimal(row.reducible_kw),
        from_minute=_minute(row.time_from, 0),
        to_minute=_minute(row.time_to, e.DAY),
        protected=protected,
        mixed=row.mixed_line,
    )


def _minute(text: str, default: int) -> int:
    try:
        return minute_of(text)
    except ValueError:
        return default


def _day(instant: datetime) -> Any:
    return clock.day_of(instant)


def words_of(found: Deviation, rows: Mapping[int, ExecutionRow]) -> str:
    """The facts of a deviation in one sentence."""
    one = rows[found.numbers[0]] if found.numbers else None
    words = {
        **{name: _shown(value) for name, value in found.facts.items()},
        "n": len(found.numbers),
        "number": one.number if one else "",
        "who": (one.user_name or one.line_code) if one else "",
    }
    return SENTENCES[found.kind]() % words


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return kw(value)
    if isinstance(value, datetime):
        return clock.written(value)
    return "—" if value is None else str(value)


def kw(value: Decimal) -> str:
    """A load without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


SENTENCES: dict[str, Callable[[], str]] = {
    e.NO_PLAN: lambda: _("启动时没有经政府批准的现行方案，已执行%(n)s条。"),
    e.NOT_IN_PLAN: lambda: _(
        "第%(number)s条：%(who)s不在本等级应执行的方案内，%(measure)s%(executed)s千瓦。"
    ),
    e.MORE_THAN_PLAN: lambda: _(
        "第%(number)s条：%(who)s执行%(executed)s千瓦，方案可压限%(most)s千瓦。"
    ),
    e.NOT_AS_PLANNED: lambda: _(
        "第%(number)s条：%(who)s方案为%(planned)s，实际为%(measure)s、%(means)s。"
    ),
    e.OUTSIDE_HOURS: lambda: _(
        "第%(number)s条：%(who)s方案时段为%(hours)s，在时段以外执行%(outside)s（时:分）。"
    ),
    e.SUM_OVER_PLAN: lambda: _(
        "第%(rows)s条：%(who)s同时执行合计%(executed)s千瓦，方案可压限%(most)s千瓦。"
    ),
    e.GRADE_OFF: lambda: _(
        "最大缺口占最大用电需求%(share)s%%，应为%(due)s级，实际最重启动%(grade)s级。"
    ),
    e.WRONG_ORDER: lambda: _(
        "采取%(measure)s时，方案中次序在前的措施还有%(users)s户%(unused)s千瓦没有执行，涉及%(n)s条。"
    ),
    e.RESIDENTS_HIT: lambda: _(
        "第%(number)s条：%(who)s，涉及居民线路%(lines)s条次、居民%(households)s户。"
    ),
    e.NOT_NOTICED: lambda: _(
        "%(n)s条执行记录影响居民（最多%(households)s户），该时段没有登记有序用电停限电信息。"
    ),
    e.PROTECTED_HIT: lambda: _("第%(number)s条：%(who)s属优先保障用户，被压限%(executed)s千瓦。"),
    e.CONTROL_UNUSED: lambda: _(
        "第%(number)s条：拉停%(who)s时，还有%(unused)s千瓦可由负荷控制压限而没有使用。"
    ),
    e.MIXED_CUT: lambda: _("第%(number)s条：线路%(line)s同时供居民用电，被整条拉停。"),
    e.OUTSIDE_TIMES: lambda: _("第%(number)s条：%(who)s的执行时间超出启动至解除的时间。"),
    e.RELEASED_LATE: lambda: _("批准执行至%(until)s，实际解除时间%(released)s。"),
    e.REPORTED_LATE: lambda: _("执行情况应于%(due)s前报送，实际报送时间%(reported)s。"),
}
