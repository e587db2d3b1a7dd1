"""Shortage in the demo: a plan in force, forecasts, an event carried out, plans and registers.

Invented. Entered on the demo's morning, as if from the companies' books.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from reporting import shortage
from reporting.models import Activation, EmergencyPlan, PlanRow, SupplyBriefing
from reporting.queries import plans_called
from reporting.services import (
    activations,
    briefings,
    emergency,
    executions,
    forecasts,
    load_control,
)
from reporting.services.forecasts import Band

Somebody = Callable[[Organisation, Permission], User | None]
P = Permission
# Unit → what it lacks and its peak, MW.
GAPS = {"CSG-GD-GZ": (74, 1_240), "CSG-GX-NN": (28, 310), "CSG-YN-KM": (15, 305)}
DEPARTMENTS = {
    "CSG-GD-GZ": "广州市经济贸易委员会",
    "CSG-GX-NN": "南宁市工业和信息化委员会",
    "CSG-YN-KM": "昆明市工业和信息化委员会",
}
BANDS = ((8, 12, "1"), (12, 18, "0.8"), (18, 22, "0.95"))
MISSED = ("0.92", "1.06", "0.85", "1.1", "0.97")
# Rows of the event; the last one is a feeder that should not have been cut.
ROWS, CUT = 11, 12
TEXTS = {
    "general": "为有序应对电力供应短缺，依据《有序用电管理办法》编制本预案，优先保障居民生活用电。",
    "organisation": "成立供电短缺应急指挥部，办公室设在市场营销部，各县级供电企业设现场工作组。",
    "monitoring": "每日研判负荷缺口，缺口达到最大用电需求5%、10%、20%时分别提请发布预警。",
    "information": "缺口超过10%的，当日报告政府主管部门和监管机构，此后每日报告执行情况。",
    "response": "按先错峰、后避峰、再限电、最后拉闸的次序执行，缺口消除后两小时内解除。",
    "publication": "通过报纸、短信和95598提前公布有序用电安排，不得随意停限居民用电。",
    "aftermath": "解除后三日内完成评估，统计影响电量和用户，检查有无影响居民用电。",
    "resources": "配备应急抢修队伍十二支、应急发电车八台，保障通信、物资和资金。",
    "training": "每年至少演练一次，演练后形成评估报告并落实改进措施。",
    "supplement": "本预案由市场营销部负责解释，自批准之日起施行。",
    "annex": "附事件分级标准、指挥部成员及职责、联络表（值班电话95598）。",
}


def plant(somebody: Somebody, *, now: datetime) -> None:
    """Enter everything; a unit without anybody to enter it is left out."""
    today = now.astimezone(clock.ZONE).date()
    for code in GAPS:
        unit = Organisation.objects.get(code=code)
        filer = somebody(unit, P.FILING_DRAFT)
        if filer is None:
            continue
        _forecasts(unit, code, today, by=filer, now=now)
        _registers(unit, today, by=filer, now=now)
        _emergency(unit, somebody, today, by=filer, now=now)
    unit = Organisation.objects.get(code="CSG-GD-GZ")
    filer, lead = somebody(unit, P.FILING_DRAFT), somebody(unit, P.FILING_CERTIFY)
    if filer is not None and lead is not None:
        _event(unit, today - timedelta(days=2), filer, lead, now=now)
        _warned(Organisation.objects.get(code="CSG-GX-NN"), somebody, now=now)
        _briefing(unit, today, filer, lead, now=now)


def _forecasts(unit: Organisation, code: str, today: date, *, by: User, now: datetime) -> None:
    gap, peak = (Decimal(value) for value in GAPS[code])
    for back in range(-1, 5):
        day = today - timedelta(days=back)
        for begin, end, part in BANDS:
            lacks = (gap * Decimal(part)).quantize(Decimal(1))
            band = Band(day, begin * 60, end * 60, lacks, peak, "西电东送减少，来水偏枯")
            told = min(now, clock.at(day - timedelta(days=1), 16))
            (made,) = forecasts.publish(unit, bands=[band], by=by, now=told)
            if back > 0:
                came = (lacks * Decimal(MISSED[back])).quantize(Decimal(1))
                after = min(now, clock.at(day + timedelta(days=1), 8))
                forecasts.enter_actual(made, gap_mw=came, peak_mw=peak, by=by, now=after)
    if code == "CSG-GX-NN":
        day = today + timedelta(days=2)
        band = Band(day, 18 * 60, 22 * 60, Decimal(34), peak, "红水河来水不足，机组检修推迟")
        forecasts.publish(unit, bands=[band], by=by, now=now)


def _registers(unit: Organisation, today: date, *, by: User, now: datetime) -> None:
    lines = ((1, 320, 4, -10), (2, 85, 2, 40), (3, 210, 6, -30))
    summer = now - timedelta(days=75)
    for number, residents, enterprises, days in lines:
        line = load_control.register_line(
            unit,
            code=f"10kV-{number:03}",
            name=("城西线", "工业园线", "河东线")[number - 1],
            substation="110kV城西站",
            residents=residents,
            enterprises=enterprises,
            separable=False,
            due_on=today + timedelta(days=days),
            note="",
            by=by,
            now=summer,
        )
        if number == 3:
            done = today - timedelta(days=35)
            load_control.finish_line(line, how="fitted", done_on=done, by=by, now=now)
    peak = Decimal(GAPS[unit.code][1])
    load_control.enter_control(
        unit,
        counted_on=today.replace(day=1),
        peak_mw=peak,
        monitored_mw=peak * (72 if unit.code == "CSG-GD-GZ" else 66) / 100,
        controlled_mw=peak * 12 / 100,
        users=1_860,
        managed_users=1_860 if unit.code == "CSG-GD-GZ" else 1_792,
        basis="负荷管理系统月报",
        correction="",
        by=by,
        now=now,
    )
    for number, (name, kind, kw) in enumerate(
        (("某冷链物流公司", "cooling", 850), ("某水泥厂", "industry", 2_400)), start=1
    ):
        load_control.add_resource(
            unit,
            grid=f"第{number}网格",
            user_no=f"DR-{unit.code}-{number}",
            user_name=name,
            kind=kind,
            capacity_kw=Decimal(kw),
            notice_minutes=30 * number,
            agreed_on=today - timedelta(days=60),
            by=by,
            now=now,
        )


def _emergency(
    unit: Organisation, somebody: Somebody, today: date, *, by: User, now: datetime
) -> None:
    """Guangzhou's is filed, Nanning's lacks a section, Kunming's waits for approval."""
    plan = emergency.begin(unit, title="供电短缺应急预案", by=by, now=now)
    texts = {one["code"]: TEXTS[one["code"]] for one in shortage.sections(on=today)}
    if unit.code == "CSG-GX-NN":
        texts.pop("training")
    approved = unit.code == "CSG-GD-GZ"
    emergency.save(
        plan,
        sections=texts,
        approval_body="广州市人民政府" if approved else "",
        approval_number="穗府函〔2011〕163号" if approved else "",
        approved_on=today - timedelta(days=3) if approved else None,
        seen=0,
        by=by,
        now=now,
    )
    lead = somebody(unit, P.FILING_CERTIFY)
    if approved and lead is not None and lead != by:
        emergency.file(EmergencyPlan.objects.get(pk=plan.pk), seen=1, by=lead, now=now)
        emergency.hold_drill(
            plan,
            held_on=date(today.year, 6, 16),
            scenario="主网来电减少8万千瓦，启动Ⅲ级方案",
            participants=86,
            findings="两个县级供电企业通知用户超过三十分钟。",
            measures="增配短信群发平台，通知时限列入考核。",
            by=by,
            now=now,
        )


def _event(unit: Organisation, day: date, filer: User, lead: User, *, now: datetime) -> None:
    """Two days ago: carried out and reported, with a feeder that should not have been cut."""
    body = DEPARTMENTS[unit.code]
    made = activations.announce(
        unit,
        grade="Ⅲ",
        gap_mw=Decimal(74),
        peak_mw=Decimal(1_240),
        announced_at=clock.at(day, 7),
        body=body,
        reason="西电东送减少，气温骤降",
        by=filer,
        now=now,
    )
    activations.start(
        made,
        started_at=clock.at(day, 8),
        until=clock.at(day, 22),
        body=body,
        number="穗经贸电力〔2011〕208号",
        by=filer,
        now=now,
    )
    made = Activation.objects.get(pk=made.pk)
    called = list(plans_called.rows(made).exclude(measure="拉闸")[:ROWS])
    done = [as_planned(one, day) for one in called] or [
        invented(n, day) for n in range(1, ROWS + 1)
    ]
    for values in [*done, invented(CUT, day)]:
        executions.add(made, values=values, by=filer, now=now)
    activations.release(
        made, released_at=clock.at(day, 21, 30), body=body, reason="缺口消除", by=filer, now=now
    )
    fresh = Activation.objects.get(pk=made.pk)
    activations.report(fresh, seen=fresh.revision, by=lead, now=now)


def as_planned(row: PlanRow, day: date) -> dict[str, object]:
    """A row of the plan in force, carried out almost in full."""
    begin, end = int(row.time_from[:2]), int(row.time_to[:2])
    load = Decimal(row.reducible_kw)
    return {
        "user_no": row.user_no,
        "user_name": row.user_name,
        "line_code": row.line_code,
        "measure": row.measure,
        "means": row.control_means,
        "ordered_kw": load,
        "executed_kw": (load * 97 / 100).quantize(Decimal(1)),
        "from_at": clock.at(day, max(8, begin)),
        "to_at": clock.at(day, min(21, end)),
        "feeder_cut": False,
        "resident_lines": 0,
        "households": 0,
    }


def invented(number: int, day: date) -> dict[str, object]:
    measure, means = ("错峰", "用户自控") if number < 6 else ("避峰", "负控终端")
    cut = number == CUT
    return {
        "user_no": "" if cut else f"03010{number:05}",
        "user_name": "" if cut else f"广州某制造企业{number}",
        "line_code": "10kV-001" if cut else f"10kV-1{number:02}",
        "measure": "拉闸" if cut else measure,
        "means": "线路开关" if cut else means,
        "ordered_kw": Decimal(3_000 + 300 * number),
        "executed_kw": Decimal(2_900 + 295 * number),
        "from_at": clock.at(day, 9 if number < 6 else 10),
        "to_at": clock.at(day, 12 if number < 6 else 20),
        "feeder_cut": cut,
        "resident_lines": 1 if cut else 0,
        "households": 320 if cut else 0,
    }


def _warned(unit: Organisation, somebody: Somebody, *, now: datetime) -> None:
    """This morning: announced, not started yet."""
    if by := somebody(unit, P.FILING_DRAFT):
        activations.announce(
            unit,
            grade="Ⅱ",
            gap_mw=Decimal(34),
            peak_mw=Decimal(310),
            announced_at=now,
            body=DEPARTMENTS[unit.code],
            reason="红水河来水不足",
            by=by,
            now=now,
        )


def _briefing(unit: Organisation, today: date, filer: User, lead: User, *, now: datetime) -> None:
    made: SupplyBriefing = briefings.draft(
        unit,
        first_day=today.replace(day=1),
        last_day=today,
        addressee="广州市人民政府",
        advice="建议提前协调跨区送电，落实企业错峰安排，确保居民生活用电。",
        by=filer,
        now=now,
    )
    briefings.issue(made, by=lead, now=now)
