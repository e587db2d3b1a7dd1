"""The briefing on supply and demand: its figures, frozen as plain values, and the document of them.

Source: campaign plan 三、(三)1(1) (S1-3.3.1(1)a): the company advises its government.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation

from core import clock
from core.officialdoc import Block, Document, Heading, Paragraph, Table, written_date
from reporting import shortage
from reporting.models import (
    Activation,
    ExecutionRow,
    GapForecast,
    LoadControl,
    MixedLine,
    SupplyBriefing,
)
from reporting.ordered.forecasting import Pair, errors
from reporting.queries.executions import Sums, sums
from reporting.templatetags.supply import kilo, load, percent

if TYPE_CHECKING:
    from accounts.models import Organisation

# Forecast bands that the table lists, the largest gaps first.
MOST = 20


def count(organisation: Organisation, first: date, last: date, *, now: datetime) -> dict[str, Any]:
    """The figures of a unit and a period, told in Chinese, as values that JSON can hold."""
    with translation.override("zh-hans"):
        return {
            "forecasts": _forecasts(organisation, first, last),
            "accuracy": _accuracy(organisation, first, last),
            "events": _events(organisation, first, last, now=now),
            "control": _control(organisation, last),
            "lines": _lines(organisation, last),
        }


def _standing(organisation: Organisation, first: date, last: date) -> Any:
    return GapForecast.objects.standing().filter(
        organisation=organisation, day__gte=first, day__lte=last
    )


def _forecasts(organisation: Organisation, first: date, last: date) -> list[dict[str, str]]:
    found = _standing(organisation, first, last).filter(gap_mw__gt=0)
    rows = []
    rules = shortage.plan_rules(organisation, on=last)
    for one in found.order_by("-gap_mw", "day", "from_minute")[:MOST]:
        grade = shortage.grade_of(one.gap_mw, one.peak_mw, rules)
        rows.append(
            {
                "day": one.day.isoformat(),
                "band": one.band,
                "gap": load(one.gap_mw),
                "peak": load(one.peak_mw),
                "share": percent(one.share),
                "grade": f"{grade.grade}级" if grade else "",
                "basis": one.basis,
            }
        )
    return rows


def _accuracy(organisation: Organisation, first: date, last: date) -> dict[str, Any]:
    held = _standing(organisation, first, last).filter(actual_at__isnull=False)
    told = errors(Pair(one.gap_mw, one.actual_gap_mw) for one in held if not one.is_afterwards)
    return {
        "pairs": told.pairs,
        "mean_absolute": load(told.mean_absolute),
        "accuracy": percent(told.accuracy),
        "missed": told.missed,
    }


def _events(
    organisation: Organisation, first: date, last: date, *, now: datetime
) -> list[dict[str, str]]:
    """What was carried out up to now; what is said of later hours is none of it."""
    found = Activation.objects.filter(
        organisation=organisation,
        announced_at__gte=clock.at(first),
        announced_at__lt=clock.at(last + timedelta(days=1)),
    ).order_by("announced_at")
    rows = ExecutionRow.objects.filter(activation__in=found, to_at__lte=now)
    told = sums(rows, "activation")
    listed = []
    for one in found:
        own = told.get((one.pk,), Sums())
        listed.append(
            {
                "day": clock.day_of(one.announced_at).isoformat(),
                "grade": f"{one.grade}级",
                "gap": load(one.gap_mw),
                "users": str(own.users),
                "shifted": kilo(own.shifted),
                "avoided": kilo(own.avoided),
                "limited": kilo(own.limited),
                "cut": kilo(own.cut),
                "cut_lines": str(own.cut_lines),
                "energy": kilo(own.energy),
                "households": str(own.households),
            }
        )
    return listed


def _control(organisation: Organisation, last: date) -> dict[str, str] | None:
    found = LoadControl.objects.standing().filter(organisation=organisation, counted_on__lte=last)
    one = found.order_by("-counted_on").first()
    if one is None:
        return None
    limits = shortage.rule("load_management", on=last).content
    return {
        "counted_on": one.counted_on.isoformat(),
        "monitored": percent(one.monitored_share),
        "controlled": percent(one.controlled_share),
        "monitored_least": load(Decimal(limits["monitored_share"])),
        "controlled_least": load(Decimal(limits["controlled_share"])),
    }


def _lines(organisation: Organisation, last: date) -> dict[str, int]:
    found = MixedLine.objects.filter(organisation__path__startswith=organisation.path)
    return {
        "all": found.count(),
        "lacking": found.lacking().count(),
        "overdue": found.overdue(on=last).count(),
    }


def period(briefing: SupplyBriefing) -> str:
    return f"{written_date(briefing.first_day)}至{written_date(briefing.last_day)}"


def title(briefing: SupplyBriefing) -> str:
    return "关于电力供需形势的报告"


def document(briefing: SupplyBriefing) -> Document:
    """The briefing as an official document; without a number while it is a draft."""
    unit = briefing.organisation
    day = briefing.issued_at or briefing.edited_at
    on = clock.day_of(day)
    name = unit.name_on(on)
    return Document(
        issuer=name,
        title=title(briefing),
        date=on,
        number=briefing.document_number,
        addressee=briefing.addressee,
        blocks=blocks(briefing),
        signer=name,
        sealed=bool(briefing.document_number),
    )


def blocks(briefing: SupplyBriefing) -> list[Block]:
    """The chapters, from the frozen figures alone."""
    told = briefing.content
    counted = clock.day_of(briefing.edited_at)
    # A period that goes on is one of forecasts; carried out is only what is over.
    until = f"截至{written_date(counted)}的" if counted < briefing.last_day else ""
    found: list[Block] = [
        Paragraph(f"现将{period(briefing)}电力供需形势和{until}有序用电执行情况报告如下。"),
        Heading(1, "负荷缺口预测"),
    ]
    found += _forecast_blocks(told["forecasts"], told["accuracy"])
    found.append(Heading(1, "有序用电执行情况"))
    found += _event_blocks(told["events"])
    found.append(Heading(1, "负荷管理和居民用电保障"))
    found += _control_blocks(told["control"], told["lines"])
    found.append(Heading(1, "工作建议"))
    texts = [line for line in briefing.advice.splitlines() if line.strip()]
    return found + [Paragraph(line.strip()) for line in texts or ["（待补充）"]]


def _forecast_blocks(listed: list[dict[str, str]], told: dict[str, Any]) -> list[Block]:
    found: list[Block] = []
    if not listed:
        found.append(Paragraph("预计本期没有电力缺口。"))
    else:
        top = listed[0]
        found.append(
            Paragraph(
                f"预计最大缺口{top['gap']}兆瓦，出现在{written_date(date.fromisoformat(top['day']))}"
                f"{top['band']}，占最大用电需求的{top['share']}，为{top['grade']}。"
            )
        )
        names = ("day", "band", "gap", "peak", "share", "grade")
        found.append(
            Table(
                ["日期", "时段", "缺口", "最大用电需求", "占比", "等级"],
                [[one[name] for name in names] for one in listed],
                title="负荷缺口预测",
                unit="兆瓦",
            )
        )
    if told["pairs"]:
        found.append(
            Paragraph(
                f"已登记实际值的{told['pairs']}个时段，预测平均绝对误差{told['mean_absolute']}兆瓦，"
                f"准确率{told['accuracy']}，漏报{told['missed']}个时段。"
            )
        )
    return found


def _event_blocks(listed: list[dict[str, str]]) -> list[Block]:
    if not listed:
        return [Paragraph("本期没有发布有序用电预警。")]
    homes = sum(int(one["households"]) for one in listed)
    cuts = sum(int(one["cut_lines"]) for one in listed)
    names = ("day", "grade", "gap", "users", "shifted", "avoided", "limited", "cut")
    names += ("cut_lines", "energy", "households")
    return [
        Paragraph(f"本期共{len(listed)}次预警和启动，拉闸{cuts}条次，影响居民{homes}户。"),
        Table(
            [
                "日期",
                "等级",
                "缺口",
                "用户数",
                "错峰",
                "避峰",
                "限电",
                "拉闸",
                "拉闸条次",
                "电量",
                "居民户",
            ],
            [[one.get(name, "—") for name in names] for one in listed],
            title="有序用电执行情况",
            unit="兆瓦、兆瓦时",
        ),
    ]


def _control_blocks(control: dict[str, str] | None, lines: dict[str, int]) -> list[Block]:
    found: list[Block] = []
    if control is not None:
        found.append(
            Paragraph(
                f"负荷监测能力{control['monitored']}（要求{control['monitored_least']}%以上），"
                f"控制能力{control['controlled']}（要求{control['controlled_least']}%以上）。"
            )
        )
    found.append(
        Paragraph(
            f"企业居民共线线路{lines['all']}条，其中难以分离且未加装断电设施{lines['lacking']}条，"
            f"逾期未加装{lines['overdue']}条。"
        )
    )
    return found
