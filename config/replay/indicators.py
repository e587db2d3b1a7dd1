"""Indicators of the demo: targets, values, disclosure, an evaluation and what follows. Invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from core import clock
from core.periods import Period
from reporting.models import DisclosureItem, Evaluation, Indicator, IndicatorValue
from reporting.services import (
    definitions,
    disclosure,
    evaluations,
    indicators,
    releases,
    targets,
)
from reporting.workflow import target as workflow
from reporting.workflow.definition import Subject

Somebody = Callable[..., User]
OFFICE, FILER, OFFICER, LEAD = "SERC-NF", "company_filer", "regulator_officer", "regulator_lead"
# Province → rural reliability and voltage, as the office sets them for 2012.
RATES = {"440000": ("99.5", "93"), "450000": ("97", "92"), "460000": ("97", "92")}
# Company → item → days ago that it was disclosed; what is not named was never disclosed.
DISCLOSED = {
    "CSG-GD": {"profile": 200, "promises": 30, "procedures": 90, "prices": 120, "quality": 40}
    | {"outages": 3, "ordered_use": 100, "capacity": 28, "hotline": 60, "complaints": 20},
    "CSG-GX": {"profile": 300, "promises": 400, "prices": 90, "quality": 100, "outages": 9},
}
SITES = {"CSG-GD": "https://gd.grid.example/", "CSG-GX": "https://gx.grid.example/"}


def plant(somebody: Somebody, *, now: datetime) -> None:
    """What the pages of indicators show on the demo's first day."""
    today = now.astimezone(clock.ZONE).date()
    office = Organisation.objects.get(code=OFFICE)
    last = today.replace(day=1) - timedelta(days=1)
    month = Period(last.replace(day=1), last)
    for period in (month.previous(), month):
        indicators.compute(period, now=now)
    _targets(office, somebody, today.year + 1, now)
    for code, items in DISCLOSED.items():
        _disclose(code, items, somebody, today, now)
    officer = somebody(OFFICE, OFFICER)
    units = Organisation.objects.filter(code__in=("CSG-GD", "CSG-GX", "CSG-HI"))
    release = releases.prepare(month, organisations=units, by=officer, now=now)
    releases.publish(release, by=somebody(OFFICE, LEAD), now=now)
    _draft_indicator(somebody, now)
    _evaluate(office, month, somebody, now)


def _draft_indicator(somebody: Somebody, now: datetime) -> None:
    """A stricter limit from the next year on, laid before a second person."""
    base = Indicator.objects.filter(code="hotline_connected").latest("valid_from")
    definitions.draft(
        subject=Subject.INDICATOR,
        code=base.code,
        values={"full_at": Decimal(98), "zero_at": Decimal(70)},
        valid_from=date(now.year + 1, 1, 1),
        reason="明年起提高95598接通率的计分标准",
        seen=base.pk,
        by=somebody(OFFICE, LEAD),
        now=now,
    )


def _targets(office: Organisation, somebody: Somebody, year: int, now: datetime) -> None:
    officer, lead = somebody(OFFICE, OFFICER), somebody(OFFICE, LEAD)
    codes = ("rs1_rural", "voltage_resident_rural")
    values = {
        (region, code): Decimal(value)
        for region, rates in RATES.items()
        for code, value in zip(codes, rates, strict=True)
    }
    paper = targets.draft(
        organisation=office,
        year=year,
        title=f"关于下达{year}年农村供电可靠率和居民用户受电端电压合格率目标的通知",
        intro=f"为保障农村居民用电，根据《供电监管办法》，现下达{year}年农电两率目标。",
        demands="请各供电企业分解落实，按月报送完成情况。",
        values=values,
        occasion="demo",
        by=officer,
        now=now,
    )
    targets.desk.move(paper, workflow.SUBMIT, by=officer, now=now)
    targets.approve(paper, by=lead, now=now)
    targets.publish(targets.issue(paper, by=lead, now=now), by=lead, now=now)


def _disclose(
    code: str, items: dict[str, int], somebody: Somebody, today: date, now: datetime
) -> None:
    company = Organisation.objects.get(code=code)
    by = somebody(code, FILER)
    for item in DisclosureItem.objects.in_force(on=today).filter(code__in=items):
        disclosure.enter(
            organisation=company,
            item=item,
            published_on=today - timedelta(days=items[item.code]),
            place="门户网站",
            url=SITES[code],
            summary="",
            by=by,
            now=now,
        )


def _evaluate(office: Organisation, month: Period, somebody: Somebody, now: datetime) -> None:
    officer = somebody(OFFICE, OFFICER)
    bureaus = Organisation.objects.filter(code__in=("CSG-GD-GZ", "CSG-GD-FS", "CSG-GX-NN"))
    evaluation: Evaluation = evaluations.begin(
        organisation=office,
        title="供电监管综合评价试点（2011年10月）",
        period=month,
        units=list(bureaus),
        weights={"D1": 15, "D2": 15, "D3": 10, "D4": 30, "D5": 15, "D6": 5, "D7": 10},
        by=officer,
        now=now,
    )
    company = Organisation.objects.get(code="CSG-GD")
    standing = IndicatorValue.objects.standing().of(month).filter(organisation=company)
    today = now.astimezone(clock.ZONE).date()
    given = (
        ("satisfaction_12398", "12398投诉办理满意率偏低", "办理满意率提高到90%以上", 45),
        ("conduct_complaints", "服务行为投诉较多", "规范窗口服务行为，投诉件数下降", 20),
    )
    tasks = [
        evaluations.set_task(
            office=office,
            organisation=company,
            indicator=Indicator.objects.in_force(on=month.last).get(code=code),
            value=standing.filter(indicator__code=code).first(),
            problem=problem,
            demand=demand,
            due_on=today + timedelta(days=days),
            evaluation=evaluation,
            by=officer,
            now=now,
        )
        for code, problem, demand, days in given
    ]
    evaluations.report(
        tasks[1],
        measure="开展窗口服务培训，设立投诉回访专班。",
        result="十一月以来窗口服务投诉为零。",
        done=True,
        by=somebody("CSG-GD", FILER),
        now=now,
    )
