"""The demo's hazards, joint checks and patrols of one county: in every state that day. Invented."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import charts, clock, files
from core.files import Received
from core.periods import Period
from grids.hazards.occasions import Every
from grids.models import GovernmentGrid, Hazard, HazardTerm, Patrol, PatrolList, PowerGrid
from grids.queries import standing
from grids.services import hazard_reports, hazards, patrol_plans, patrols
from grids.services.hazard_acts import PURPOSE
from grids.services.hazard_reports import Seen
from grids.services.patrols import FOUND, OK, Finding, Walked

Somebody = Callable[[Organisation, Permission], User | None]
UNIT, DEPARTMENT = "CSG-GD-ZQ-SH", "GOV-441284"
# How long since the autumn in which these stories are told.
AUTUMN = timedelta(0)
CELLS = ("441284001001001", "441284001001002")


@dataclass(frozen=True)
class Story:
    """A hazard: kind, what was seen, transformer area, by whom (officer, or the manager of a grid),
    and (what, when) one after the other."""

    kind: str
    content: str
    area: str
    grid: str
    steps: tuple[tuple[str, str], ...]
    officer: bool = True
    place: str = ""


STORIES = (
    Story(
        "corridor",
        "榕树枝条触及低压导线，风大时打火",
        "T0101",
        "SH-01",
        (
            *(("report", "10-26 09:20"), ("serious.joint", "10-26 11:00")),
            *(("accept", "10-26 14:00"), ("join", "10-26 16:30"), ("rectify", "10-31 17:00")),
            *(("verify", "11-01 10:00"), ("close", "11-02 09:00")),
        ),
        place="光明路12号门前",
    ),
    Story(
        "low_voltage",
        "晚高峰末端电压偏低",
        "T0301",
        "SH-03",
        (
            *(("report", "11-08 19:40"), ("general", "11-09 09:10"), ("accept", "11-09 10:00")),
            *(("rectify", "11-18 16:00"), ("verify", "11-21 10:00")),
        ),
        officer=False,
    ),
    Story(
        "charging",
        "楼道内电动车飞线充电",
        "T0103",
        "SH-01",
        (
            *(("report", "11-14 08:50"), ("serious.joint", "11-14 10:00")),
            *(("accept", "11-14 11:00"), ("join", "11-14 15:00")),
        ),
        place="清平路33号楼道",
    ),
    Story(
        "illegal_use",
        "临街铺面私自向邻户转供电",
        "T0201",
        "SH-02",
        (("report", "11-16 10:10"), ("general", "11-16 15:00"), ("accept", "11-17 08:40")),
        officer=False,
    ),
    Story(
        "equipment",
        "变压器围栏门锁损坏，儿童可进入",
        "T0102",
        "SH-01",
        (
            *(("report", "11-22 15:30"), ("critical", "11-22 15:50"), ("accept", "11-22 16:00")),
            ("rectify", "11-23 10:30"),
        ),
        place="人民广场东侧",
    ),
    Story("public_place", "集市摊位线路乱接", "T0101", "SH-01", (("report", "11-23 16:20"),)),
    Story(
        "user_side",
        "出租屋门口堆放杂物",
        "T0101",
        "SH-01",
        (("report", "11-18 09:00"), ("dismiss", "11-18 11:00")),
    ),
)
SAID = {
    "rectify": "已处理完毕，现场恢复正常",
    "dismiss": "现场核实不属于用电隐患，已转告社区",
}


def plant(somebody: Somebody, *, until: datetime, since: timedelta = AUTUMN) -> None:
    """Play every story and plan at its times, ``since`` the first autumn."""
    play = cast(somebody, since)
    if play is None:
        return
    with clock.standing_at(until):
        play.stories()
        play.joint()
        play.daily()
        play.active()


def cast(somebody: Somebody, since: timedelta = AUTUMN) -> Play | None:
    """Who plays; nobody where the unit has no people or no grids."""
    unit, department = (Organisation.objects.get(code=one) for one in (UNIT, DEPARTMENT))
    lead = somebody(unit, Permission.HAZARD_MANAGE)
    officer = User.objects.filter(username="dongcheng-grid").first()
    grids = {one.code: one for one in PowerGrid.objects.filter(enterprise=unit)}
    if lead is None or officer is None or not grids:
        return None
    return Play(unit, department, lead, officer, grids, since)


@cache
def _picture(text: str) -> bytes:
    """A drawn picture that stands for a photo taken on site."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160">'
        '<rect width="240" height="160" fill="#eef3f8"/><text x="120" y="88" font-size="24" '
        f'text-anchor="middle" fill="#0b4f9e">{text}</text></svg>'
    )
    return charts.png_of(drawn, 240, 160, scale=1.0)


def _photo(text: str) -> list[Received]:
    stream = io.BytesIO(_picture(text))
    stream.name = f"{text}.png"
    return [files.receive(stream, purpose=PURPOSE)]


def _at(moment: str) -> datetime:
    return datetime.strptime(f"2011-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def _quarter(moment: datetime) -> Period:
    """Three months, this one first."""
    first = clock.day_of(moment).replace(day=1)
    return Period(first, _before_the_first(first + timedelta(days=93)))


def _before_the_first(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def _named(moment: datetime) -> str:
    period = _quarter(moment)
    return f"{period.first.year}年{period.first.month}月至{period.last.month}月"


class Play:
    """The people of both sides and the ground that they work on."""

    def __init__(
        self,
        unit: Organisation,
        department: Organisation,
        lead: User,
        officer: User,
        grids: dict[str, PowerGrid],
        since: timedelta,
    ) -> None:
        self.unit, self.department = unit, department
        self.lead, self.officer, self.grids = lead, officer, grids
        self.since = since

    def at(self, moment: str) -> datetime:
        return _at(moment) + self.since

    def manager(self, code: str, now: datetime) -> User:
        row = standing.manager_of(self.grids[code], at=now)
        return row.member.user if row else self.lead

    # --- Hazards ----------------------------------------------------------------------------------

    def stories(self) -> None:
        for story in STORIES:
            self.story(story)

    def story(self, story: Story) -> None:
        hazard: Hazard | None = None
        for step, moment in story.steps:
            now = self.at(moment)
            if hazard is None:
                hazard = self.report(story, now)
            else:
                self.step(hazard, step, story, now)
            hazard = Hazard.objects.get(pk=hazard.pk)

    def report(self, story: Story, now: datetime) -> Hazard:
        grid = self.grids[story.grid]
        return hazard_reports.report(
            Seen(story.kind, story.content, story.place, story.area),
            organisation=self.department if story.officer else grid.organisation,
            photos=_photo("现场照片"),
            by=self.officer if story.officer else self.manager(story.grid, now),
            now=now,
        )

    def step(self, hazard: Hazard, step: str, story: Story, now: datetime) -> None:
        owner = self.manager(story.grid, now)
        grade, _dot, joint = step.partition(".")
        given: dict[str, Any] = {"by": self.lead, "now": now}
        match grade:
            case "accept":
                hazards.accept(hazard, by=owner, now=now)
            case "join":
                hazards.accept(hazard, by=self.officer, now=now)
            case "rectify":
                words = {"text": SAID["rectify"], "photos": _photo("治理后照片")}
                hazards.rectify(hazard, **words, by=owner, now=now)
            case "verify":
                by = self.officer if hazard.joint else self.lead
                hazards.verify(hazard, by=by, now=now)
            case "close":
                hazards.close(hazard, **given)
            case "dismiss":
                hazards.dismiss(hazard, text=SAID["dismiss"], **given)
            case _:
                hazards.grade(
                    hazard,
                    grade=HazardTerm.objects.get(sort=HazardTerm.Sort.GRADE, code=grade),
                    company_owner=owner,
                    government_owner=self.officer if joint else None,
                    **given,
                )

    # --- Checks and patrols -----------------------------------------------------------------------

    def joint(self) -> None:
        """A check of three months, agreed; and one of the next that waits."""
        begun = self.at("10-26 10:00")
        codes = ("SH-01", "SH-02", "SH-03")
        grids = [self.grids[code] for code in codes]
        given = {"title": f"{_named(begun)}涉电安全隐患联合排查", "every": Every.ONCE}
        plan = self._plan("joint", _quarter(begun), self.lead, begun, power_grids=grids, **given)
        patrol_plans.decide(plan, agreed=True, by=self.officer, now=self.at("10-26 15:00"))
        first, second, _third = plan.patrols.order_by("grid__code")
        seen = {"building": "低压线下正在搭建雨棚"}
        self._walk(first, self.manager("SH-01", begun), self.at("10-27 10:00"), seen)
        patrols.sign(first, by=self.officer, now=self.at("10-27 16:00"))
        self._walk(second, self.officer, self.at("11-22 10:30"))
        after = clock.at(_quarter(begun).last + timedelta(days=1))
        given = {"title": f"{_named(after)}涉电安全隐患联合排查", "every": Every.ONCE}
        now = self.at("11-23 15:00")
        self._plan("joint", _quarter(after), self.officer, now, power_grids=grids[:2], **given)

    def daily(self) -> None:
        cells = list(GovernmentGrid.objects.filter(code__in=CELLS).order_by("code"))
        given = {"title": "东城社区网格日常巡视", "every": Every.WEEK, "government_grids": cells}
        weeks = Period(date(2011, 11, 1) + self.since, date(2011, 12, 31) + self.since)
        plan = self._plan("daily", weeks, self.officer, self.at("11-01 09:00"), **given)
        before = date(2011, 11, 20) + self.since
        done = plan.patrols.filter(due_on__lt=before).order_by("due_on", "pk")
        for patrol in done:
            self._walk(patrol, self.officer, clock.at(patrol.due_on, 10))

    def active(self) -> None:
        grids = [self.grids[code] for code in ("SH-01", "SH-02", "SH-04")]
        begun, now = self.at("10-26 09:00"), self.at("10-27 09:30")
        title = f"{_named(begun)}网格主动运维"
        given = {"title": title, "every": Every.MONTH, "power_grids": grids}
        plan = self._plan("active", _quarter(begun), self.lead, begun, **given)
        first = _before_the_first(_quarter(begun).first + timedelta(days=32))
        for patrol in plan.patrols.filter(due_on=first).order_by("grid__code"):
            assert patrol.grid is not None
            seen = {"joints": "接头温度偏高"} if patrol.grid.code == "SH-02" else {}
            self._walk(patrol, self.manager(patrol.grid.code, now), now, seen)

    def _plan(self, kind: str, period: Period, by: User, now: datetime, **given: Any) -> Any:
        checklist = PatrolList.objects.get(kind=kind)
        asked = patrol_plans.Asked(kind=kind, checklist=checklist, period=period, **given)
        department = None if kind == "active" else self.department
        sides = {"organisation": self.unit, "department": department}
        return patrol_plans.propose(asked, **sides, by=by, now=now)

    def _walk(
        self, patrol: Patrol, by: User, now: datetime, seen: dict[str, str] | None = None
    ) -> None:
        items: Sequence[Any] = patrol.plan.checklist.items
        found = {code: Finding(text, _photo("现场照片")) for code, text in (seen or {}).items()}
        results = {one["code"]: FOUND if one["code"] in found else OK for one in items}
        patrols.file(patrol, Walked(results, found), by=by, now=now)
