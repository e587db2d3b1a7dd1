"""The demo's registers of one county: some entries of every chapter, some overdue. Invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from core.sheets import values as sheet_values
from grids.models import GridMember, PowerGrid, Register, RegisterEntry
from grids.registers.moves import State
from grids.services import registers as services
from grids.services.registers import Place

Somebody = Callable[[Organisation, Permission], User | None]
UNIT, STATION = "CSG-GD-ZQ-SH", "CSG-GD-ZQ-SH-01"


@dataclass(frozen=True)
class Kept:
    """An entry beside the examples of its definition: on which day it was made, what differs, the
    entry above, and how it ended."""

    code: str
    ago: int = 60
    grid: str = "SH-01"
    above: str = ""
    other: tuple[tuple[str, str], ...] = ()
    ended: bool = False
    wait: bool = False


def said(**other: str) -> tuple[tuple[str, str], ...]:
    return tuple(other.items())


KEPT = (
    Kept("party-pairing", 250),
    Kept("party-activity", 40, above="party-pairing", other=said(held_on="2011-10-18")),
    Kept(
        "party-activity",
        20,
        above="party-pairing",
        other=said(name="联席会议协商充电桩用电", kind="联席协商", held_on="2011-12-09"),
    ),
    Kept("joint-duty", 14),
    Kept("joint-duty", 5, other=said(duty="驻点值班", held_on="2011-11-19", attendance="请假")),
    Kept("service-station", 120),
    Kept(
        "service-station",
        230,
        "SH-02",
        other=said(
            name="南街便民服务点", place="南街41号旁", longitude="112.745", latitude="23.348"
        ),
    ),
    Kept("online-group", 170),
    Kept("online-group", 130, "SH-02", other=said(name="南街用电服务群", members="236")),
    Kept("push-plan", 165, above="online-group"),
    Kept("push", 30, above="push-plan", other=said(name="十月计划停电", kind="停电信息")),
    Kept("push", 4, above="push-plan"),
    Kept("resource", 100),
    Kept(
        "resource",
        100,
        other=said(name="社区会议室", kind="场地", provider="政府网格", place="社区服务中心二楼"),
    ),
    Kept("booking", 2, above="resource"),
    Kept("key-facility", 90),
    Kept(
        "key-facility",
        220,
        "SH-02",
        other=said(
            name="南街中心小学",
            kind="学校",
            level="非重要",
            sources="单电源",
            backup="未配置",
            backup_kw="",
            capacity="315",
        ),
    ),
    Kept("coal-heating", 200, "SH-03"),
    Kept("heat-station", 150),
    Kept("water-pump", 190, other=said(name="东城二次供水泵房")),
    Kept("property-equipment", 60),
    Kept("facility-inspection", 30, above="key-facility"),
    Kept(
        "facility-inspection",
        50,
        above="key-facility",
        other=said(subject="秋季保供检查", due_on="2011-11-10"),
    ),
    Kept("guarantee-task", 15),
    Kept(
        "guarantee-task",
        130,
        other=said(name="迎峰度夏重载台区治理", occasion="迎峰度夏", due_on="2011-08-31"),
        ended=True,
    ),
    Kept("material", 45),
    Kept("material", 45, other=said(name="安全用电宣传册", kind="宣传册", topic="安全用电")),
    Kept("hand-out", 9, above="material"),
    Kept("hand-out", 3, "SH-02", above="material", other=said(amount="300", occasion="入户走访")),
    Kept("publicity-plan", 300),
    Kept("publicity-event", 6, above="publicity-plan", wait=True),
    Kept(
        "publicity-event",
        8,
        above="publicity-plan",
        other=said(
            name="南街安全用电进校园",
            form="进校园",
            starts_at="2011-12-06 14:30",
            ends_at="2011-12-06 16:00",
            place="南街中心小学",
        ),
    ),
    Kept("posted-service", 30),
    Kept("article", 3),
    Kept("article-delivery", 1, above="article", other=said(delivered_on="2011-11-23")),
    Kept("home-visit", 2),
    Kept(
        "home-visit",
        10,
        other=said(
            purpose="意见征询",
            appointed_at="",
            by_way="",
            no_appointment="接到停电报修后顺访",
            visited_at="2011-11-14 10:00",
        ),
    ),
    Kept("volunteer-service", 12),
    Kept("carbon-task", 200),
    Kept("energy-audit", 65),
    Kept("energy-advice", 37, above="energy-audit"),
    Kept("saving-action", 240),
    Kept("substitution", 110),
    Kept("saving-project", 140),
    Kept("standard", 300),
    Kept(
        "standard",
        300,
        other=said(name="DL/T 2046", year="2019", title="供电服务热线客户服务规范"),
    ),
    Kept(
        "standard",
        300,
        other=said(name="GB/T 34300", year="2017", title="城乡社区网格化服务管理规范"),
    ),
    Kept("rule-document", 200),
    Kept(
        "rule-document",
        20,
        other=said(edition="第2版", number="四会局〔2011〕31号", in_force_on="2011-11-01"),
    ),
    Kept("knowledge", 230),
    Kept(
        "knowledge",
        100,
        other=said(
            name="雨天用电安全",
            kind="安全用电",
            content="水淹过的插座不要使用；发现断线落地，离开八米以外，拨打95598。",
        ),
    ),
    Kept(
        "knowledge",
        90,
        other=said(
            name="什么是双碳", kind="双碳专题", content="少用一度电，就少排放约半千克二氧化碳。"
        ),
    ),
    Kept("expert", 200),
    Kept("pledge", 310),
    Kept("training", 10),
    Kept("exam", 6),
    Kept("exam", 6, other=said(subject="安全规程", score="71", result="不合格")),
    Kept("certificate", 200, other=said(valid_until="2011-12-10")),
    Kept("spot-check", 8),
    Kept("call-sample", 7),
    Kept("breach", 16),
)


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Enter what is kept, through the services, each on its own day."""
    unit = Organisation.objects.get(code=UNIT)
    by = lead = somebody(unit, Permission.REGISTER_APPROVE)
    grids = {one.code: one for one in PowerGrid.objects.filter(enterprise=unit)}
    member = GridMember.objects.filter(organisation__code=STATION).order_by("pk").first()
    if by is None or lead is None or member is None or not grids:
        return
    registers = {one.code: one for one in Register.objects.order_by("version")}
    found: dict[str, RegisterEntry] = {}
    for one in sorted(KEPT, key=lambda kept: (bool(kept.above), -kept.ago)):
        register = registers[one.code]
        now = until - timedelta(days=one.ago)
        with clock.standing_at(now):
            made = services.enter(
                register=register,
                place=_place(one, register, unit, grids, member, found),
                values=_values(register, one),
                # What the head approves the manager asks for.
                by=member.user if register.definition.options.approval else by,
                now=now,
            )
            if made.state == State.ASKED and not one.wait:
                services.approve(made, by=lead, now=now)
            if one.ended and (form := register.definition.closing) is not None:
                ending = {column.key: column.example for column in form.columns}
                services.close(made, values=ending, by=by, now=now)
        found.setdefault(one.code, made)


def _values(register: Register, one: Kept) -> dict[str, Any]:
    told = {column.key: column.example for column in register.definition.form.columns}
    return {**told, **{key: sheet_values.visible(value) for key, value in one.other}}


def _place(
    one: Kept,
    register: Register,
    unit: Organisation,
    grids: dict[str, PowerGrid],
    member: GridMember,
    found: dict[str, RegisterEntry],
) -> Place:
    asked = register.definition.options
    above = found.get(one.above)
    grid = grids[one.grid] if asked.where != "unit" else None
    place = grid.organisation if grid is not None else unit
    if asked.member or asked.approval and grid is None:
        place = member.organisation
    return Place(place, grid, above, member if asked.member else None)
