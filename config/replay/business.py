"""The demo's business passed on by a government grid, and checks of windows. Invented.

Ended ones from spring on, so that the board shows how days and fees change; the rest stands in
every state on the demo's first day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock, workdays
from grids.models import BusinessRequest
from grids.services import business, business_steps
from grids.services.business import Asked
from reporting.models import ServiceStandard
from reporting.services import service_checks

Somebody = Callable[[Organisation, Permission], User | None]
GRID, UNIT, OFFICE = "GOV-441284", "CSG-GD-ZQ-SH", "SERC-NF"


@dataclass(frozen=True)
class Work:
    """A request: kind, customer, day, and working days from move to move; ``stop`` names the state
    in which it is left."""

    kind: str
    customer: str
    place: str
    day: str
    days: tuple[int, ...] = ()
    stop: str = ""
    capacity: int | None = None
    fee: str = "0"
    reduction: str = "0"
    materials: tuple[str, ...] = ("form", "identity", "property")


TEMPORARY = ("form", "identity", "permit")
SHOP = ("form", "licence", "agent", "property", "equipment")
WORKS = (
    Work("business_new", "四会市东城和记小食店", "光明路45号", "04-06", (1, 5, 4, 6, 3, 4), "", 30),
    Work("temporary", "四会市市政工程队", "贞山大道东段", "06-13", (1, 3, 3, 3), "", 20, "4200"),
    Work("one_meter", "韦春山", "南街大院3栋", "07-18", (1, 2, 3, 2), "", None, "200", "100"),
    Work("resident_new", "冼月桂", "光明路60号", "08-08", (0, 2, 2)),
    Work("temporary", "东城街道文化站", "人民广场", "09-05", (0, 2, 2, 2), "", 10, "2100", "1050"),
    Work("resident_new", "谭若兰", "清平路33号", "10-17", (0, 1, 2)),
    Work("rename", "霍思远", "南街41号", "11-14", (0, 1, 1), "finished"),
    Work("one_meter", "简文静", "南街大院5栋", "11-16", (1, 2), "running"),
    Work("resident_new", "岑水清", "光明路18号", "11-21", (1,), "materials", materials=("form",)),
    Work("temporary", "四会市路灯管理所", "贞山大道西段", "11-21", (0, 2), "signing", 8),
    Work("capacity", "四会市东城农机修理铺", "清平路5号", "11-15", (2,), "running", 15),
    Work("resident_new", "黎明珠", "光明路90号", "11-23", (), "passed"),
    Work("business_new", "四会市贞山茶庄", "贞山大道11号", "11-22", (), "returned", 40),
)
# Window, day, points that were taken off by item, what was found.
CHECKS = (
    (
        "CSG-GD-ZQ-SH",
        "四会城中营业厅",
        "10-18",
        {"waiting": 4, "posted_limits": 5},
        "办理时限公示不全",
    ),
    ("CSG-GD-ZQ", "肇庆端州营业厅", "10-19", {"once": 5}, ""),
    ("CSG-GD-GZ", "广州越秀营业厅", "11-02", {"manner": 2}, ""),
    ("CSG-GD-SZ", "深圳福田营业厅", "11-03", {}, ""),
    (
        "CSG-GX-NN",
        "南宁邕宁营业厅",
        "11-09",
        {"first_asked": 10, "once": 10, "posted_lines": 5},
        "推诿至上级窗口；未公示12398",
    ),
)


def plant(somebody: Somebody, *, until: datetime, since: timedelta) -> None:
    """Play every request at its times, ``since`` the first autumn, and enter the checks of then."""
    source, unit = _organisation(GRID), _organisation(UNIT)
    officer = somebody(source, Permission.BUSINESS_REQUEST)
    lead = somebody(unit, Permission.BUSINESS_HANDLE)
    if officer is None or lead is None:
        return
    calendar = workdays.calendar()
    with clock.standing_at(until):
        for work in WORKS:
            day = date.fromisoformat(f"2011-{work.day}") + since
            _Played(work, day, source, unit, officer, lead, calendar, until).play()
        _check(somebody, until=until - since)


def _organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


class _Played:
    """One request from move to move, each at ten in the morning or later of its day."""

    def __init__(
        self,
        work: Work,
        day: date,
        source: Organisation,
        unit: Organisation,
        officer: User,
        lead: User,
        calendar: workdays.WorkCalendar,
        until: datetime,
    ) -> None:
        self.work, self.source, self.unit = work, source, unit
        self.officer, self.lead = officer, lead
        self.calendar, self.until = calendar, until
        self.day, self.turn = day, 0

    def play(self) -> None:
        request = self._passed()
        if self.work.stop == "returned":
            reason = "客户用电地址属贞山供电所供电区域，请转该所"
            business.return_(request, reason=reason, by=self.lead, now=self._now())
            return
        days = list(self.work.days)
        if not days:
            return
        business.take(request, by=self.lead, now=self._now(days.pop(0)))
        last = days.pop() if days and self.work.stop in ("", "finished") else None
        for pause in days:
            self._step(request, self._now(pause))
        if self.work.stop == "materials":
            missing = ["identity", "property"]
            business.notify_materials(request, missing=missing, by=self.lead, now=self._now())
        elif self.work.stop == "signing":
            business_steps.sign(request, seen="joint", by=self.lead, now=self._now())
        elif last is not None:
            self._finish(request, self._now(last))

    def _passed(self) -> BusinessRequest:
        work = self.work
        asked = Asked(
            type_code=work.kind,
            customer_name=work.customer,
            customer_phone="13800000000",
            address=f"广东省四会市东城街道{work.place}",
            capacity=None if work.capacity is None else Decimal(work.capacity),
            materials=self._materials(),
        )
        given = {"source": self.source, "organisation": self.unit}
        return business.pass_on(asked, by=self.officer, now=self._now(), **given)

    def _materials(self) -> tuple[str, ...]:
        papers = {"temporary": TEMPORARY, "business_new": SHOP}
        papers["capacity"] = ("form", "identity", "equipment")
        return papers.get(self.work.kind, self.work.materials)

    def _step(self, request: BusinessRequest, now: datetime) -> None:
        step = request.steps.get(started_at__isnull=False, done_at__isnull=True)
        if step.joint:
            for by in (self.lead, self.officer):
                business_steps.sign(request, seen=step.code, by=by, now=now)
            return
        by = self.officer if step.actor == "officer" else self.lead
        business_steps.complete_step(request, seen=step.code, by=by, now=now)

    def _finish(self, request: BusinessRequest, now: datetime) -> None:
        work = self.work
        reason = "民生用电减免" if Decimal(work.reduction) else ""
        business.finish(
            request,
            result="已装表通电" if work.kind != "rename" else "已换签供用电合同",
            fee=Decimal(work.fee),
            reduction=Decimal(work.reduction),
            reduction_reason=reason,
            by=self.lead,
            now=now,
        )
        if work.stop != "finished":
            said = "fair" if work.kind == "temporary" else "good"
            business.inform(request, satisfaction=said, by=self.officer, now=now)

    def _now(self, days: int = 0) -> datetime:
        """So many working days on, some minutes after what went before; never after the demo's
        first instant."""
        self.day = self.calendar.add_workdays(self.day, days)
        self.turn += 1
        return min(clock.at(self.day, 9, 5) + timedelta(minutes=4 * self.turn), self.until)


def _check(somebody: Somebody, *, until: datetime) -> None:
    """What the office found at windows."""
    office = _organisation(OFFICE)
    officer = somebody(office, Permission.INDICATOR_MANAGE)
    standard = ServiceStandard.objects.on(until.astimezone(clock.ZONE).date())
    if officer is None or standard is None:
        return
    for code, place, day, lost, remarks in CHECKS:
        points = {item: most - lost.get(item, 0) for item, most in standard.points.items()}
        checked_on = date.fromisoformat(f"2011-{day}")
        service_checks.enter(
            organisation=_organisation(code),
            office=office,
            place=place,
            manner="covert",
            checked_on=checked_on,
            points=points,
            remarks=remarks,
            by=officer,
            now=clock.at(checked_on, 17),
        )
