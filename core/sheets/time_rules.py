"""Further named rules over rows: how long a step takes, how many hours a period has.

Limits are numbers of the definition, which has a first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import workdays
from core.sheets import values
from core.sheets.rules import Found, Row, Span, matches, rule
from core.sheets.sentences import label, plain, sentence, shown

if TYPE_CHECKING:
    from core.sheets.definition import Form


def unit_of(unit: str) -> str:
    """The unit of a limit in words."""
    names = {"working_days": _("个工作日"), "calendar_days": _("日"), "hours": _("小时")}
    return names[unit]


def limit_for(params: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    """The limit that holds for a row: one for all, or by the value of a column; None: none."""
    limits = params.get("limits")
    if limits is None:
        return params.get("limit")
    return limits["values"].get(shown(row.get(limits["by"])))


def elapsed(start: str, end: str, unit: str, calendar: workdays.WorkCalendar | None) -> Decimal:
    """How long it took: hours between instants, days after the day of the start."""
    if unit == "hours":
        span = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        return (Decimal(int(span.total_seconds())) / 3600).quantize(Decimal("0.1"))
    first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    if unit == "calendar_days":
        return Decimal((last - first).days)
    calendar = calendar or workdays.calendar()
    return Decimal(calendar.count_workdays(first, last))


@rule(
    "within",
    needs=("start", "end", "unit"),
    may=("limit", "limits", "least", "when", "open", "planned"),
    columns=("start", "end"),
    timed=True,
)
def within(
    form: Form, params: Mapping[str, Any], rows: Sequence[Row], period: Span | None
) -> Iterator[Found]:
    """A step ends at most ``limit`` after its start, or (``least``) at least that much later.

    It never ends before it began, unless the start is what was ``planned``. Where ``open`` says
    which rows are under way, a step without an end is measured to the end of the period.
    """
    calendar = workdays.calendar() if params["unit"] == "working_days" and rows else None
    for index, row in enumerate(rows):
        start, end = row[params["start"]], row[params["end"]]
        if start is None or not matches(row, params.get("when", {})):
            continue
        if end is None:
            yield from _open_step(form, params, row, index, period, calendar)
            continue
        if end < start and not params.get("planned") and "least" not in params:
            yield _backwards(form, params, index, start, end)
            continue
        found = elapsed(start, end, params["unit"], calendar)
        limit, least = limit_for(params, row), params.get("least")
        facts = {
            "start": label(form, params["start"]),
            "end": label(form, params["end"]),
            "found": plain(found),
            "unit": unit_of(params["unit"]),
        }
        if limit is not None and found > values.decimal(limit):
            message = _("“%(start)s”至“%(end)s”用时%(found)s%(unit)s，超过规定的%(limit)s%(unit)s")
            remedy = _("请核对日期；确已超期的，按超期处理要求填报原因。")
            yield Found(index, params["end"], message % {**facts, "limit": limit}, remedy, end)
        if least is not None and found < values.decimal(least):
            message = _("“%(start)s”至“%(end)s”只有%(found)s%(unit)s，少于规定的%(limit)s%(unit)s")
            remedy = _("请核对日期；确未提前足够时间的，如实说明。")
            yield Found(index, params["end"], message % {**facts, "limit": least}, remedy, end)


def _backwards(form: Form, params: Mapping[str, Any], index: int, start: str, end: str) -> Found:
    facts = {"start": label(form, params["start"]), "end": label(form, params["end"])}
    message = _("“%(end)s”早于“%(start)s”（%(begun)s）") % {**facts, "begun": start}
    return Found(index, params["end"], message, _("请核对这两个日期。"), end, severity="hard")


def _open_step(
    form: Form,
    params: Mapping[str, Any],
    row: Row,
    index: int,
    period: Span | None,
    calendar: workdays.WorkCalendar | None,
) -> Iterator[Found]:
    """A step that has not ended: how long it has taken by the end of the period."""
    limit = limit_for(params, row)
    if period is None or limit is None or "open" not in params:
        return
    if row.refused & {params["end"]} or not matches(row, params["open"]):
        return
    until = period[1].isoformat() + ("T23:59:59" if params["unit"] == "hours" else "")
    start = row[params["start"]]
    if start[:10] > until[:10]:
        return
    found = elapsed(start[:19], until, params["unit"], calendar)
    if found > values.decimal(limit):
        facts = {
            "start": label(form, params["start"]),
            "end": label(form, params["end"]),
            "found": plain(found),
            "limit": limit,
            "unit": unit_of(params["unit"]),
        }
        message = _(
            "“%(end)s”未填，自“%(start)s”至报告期末已%(found)s%(unit)s，超过规定的%(limit)s%(unit)s"
        )
        remedy = _("已经办理的补填日期；确未办理的，说明原因和办结安排。")
        yield Found(index, params["end"], message % facts, remedy, None, severity="soft")


@rule("period_hours", needs=("column",), columns=("column",), timed=True)
def period_hours(
    form: Form, params: Mapping[str, Any], rows: Sequence[Row], period: Span | None
) -> Iterator[Found]:
    """Hours of the period: 24 for each of its days."""
    if period is None:
        return
    hours = 24 * ((period[1] - period[0]).days + 1)
    for index, row in enumerate(rows):
        given = row[params["column"]]
        if given is not None and values.decimal(given) != hours:
            facts = {"label": label(form, params["column"]), "given": given, "hours": hours}
            message = _("“%(label)s”填%(given)s，本报告期共%(hours)d小时") % facts
            yield Found(index, params["column"], message, _("请按报告期天数乘以24填写。"), given)


@sentence("period_hours")
def say_period_hours(form: Form, params: Mapping[str, Any]) -> str:
    return _("“%(label)s”=报告期天数×24") % {"label": label(form, params["column"])}


@sentence("within")
def say_within(form: Form, params: Mapping[str, Any]) -> str:
    facts = {
        "start": label(form, params["start"]),
        "end": label(form, params["end"]),
        "unit": unit_of(params["unit"]),
    }
    if "least" in params:
        text = _("“%(start)s”至“%(end)s”不少于%(limit)s%(unit)s")
        return text % {**facts, "limit": params["least"]}
    if "limits" in params:
        limits = params["limits"]["values"].items()
        shown = "、".join(f"{name}{limit}" for name, limit in limits)
    else:
        shown = str(params["limit"])
    if "open" in params:
        text = _("“%(start)s”至“%(end)s”不超过%(limit)s%(unit)s，未办理的算至报告期末")
    else:
        text = _("“%(start)s”至“%(end)s”不超过%(limit)s%(unit)s")
    return text % {**facts, "limit": shown}
