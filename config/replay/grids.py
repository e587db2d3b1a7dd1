"""The demo's grids of one county: ground and people over the year. Invented.

On the demo's first day one manager is on leave, one grid is vacant, one hand-over is not answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from grids import services
from grids.models import Assignment, GovernmentGrid, GridMember, PowerGrid, TransformerArea

Somebody = Callable[[Organisation, Permission], User | None]
UNIT, FIRST_STATION, SECOND_STATION = "CSG-GD-ZQ-SH", "CSG-GD-ZQ-SH-01", "CSG-GD-ZQ-SH-02"
DEPARTMENT, FIRST = "GOV-441284", date(2011, 1, 1)
Post = Assignment.Post


@dataclass(frozen=True)
class Ground:
    """A power grid: its station, places, line, and transformer areas with their households."""

    code: str
    name: str
    station: str
    places: tuple[str, ...]
    line: tuple[str, str]
    areas: tuple[tuple[str, str, int], ...]
    phone: str


GROUNDS = (
    Ground(
        "SH-01",
        "东城一网格",
        FIRST_STATION,
        ("东城社区", "光明路", "清平路", "人民广场"),
        ("F01", "10kV东城线"),
        (
            ("T0101", "东城1号台区", 310),
            ("T0102", "东城2号台区", 268),
            ("T0103", "东城3号台区", 530),
        ),
        "0758-3310101",
    ),
    Ground(
        "SH-02",
        "东城二网格",
        FIRST_STATION,
        ("南街社区", "南街", "贞山大道西段"),
        ("F01", "10kV东城线"),
        (("T0201", "南街1号台区", 296), ("T0202", "南街2号台区", 344)),
        "0758-3310102",
    ),
    Ground(
        "SH-03",
        "城中网格",
        FIRST_STATION,
        ("城中社区", "城南路", "府前路"),
        ("F02", "10kV城南线"),
        (("T0301", "城南1号台区", 388), ("T0302", "城南2号台区", 410)),
        "0758-3310103",
    ),
    Ground(
        "SH-04",
        "贞山网格",
        FIRST_STATION,
        ("贞山社区", "贞山大道东段"),
        ("F03", "10kV贞山线"),
        (("T0401", "贞山1号台区", 286), ("T0402", "贞山2号台区", 255)),
        "0758-3310104",
    ),
    Ground(
        "SH-05",
        "大沙网格",
        SECOND_STATION,
        ("大沙圩", "大布村"),
        ("F04", "10kV大沙线"),
        (("T0501", "大沙圩1号台区", 402), ("T0502", "大布村1号台区", 187)),
        "0758-3310105",
    ),
    Ground(
        "SH-06",
        "江谷网格",
        SECOND_STATION,
        ("江谷圩", "清平村"),
        ("F05", "10kV江谷线"),
        (("T0601", "江谷圩1号台区", 356), ("T0602", "江谷圩2号台区", 298)),
        "0758-3310106",
    ),
)
# Corners, degrees; drawn by hand.
BORDERS = {
    "SH-01": (
        (112.70, 23.34),
        (112.73, 23.345),
        (112.73, 23.365),
        (112.705, 23.37),
        (112.70, 23.34),
    ),
    "SH-02": (
        (112.73, 23.345),
        (112.76, 23.34),
        (112.765, 23.36),
        (112.73, 23.365),
        (112.73, 23.345),
    ),
    "SH-03": (
        (112.70, 23.34),
        (112.70, 23.315),
        (112.735, 23.315),
        (112.73, 23.345),
        (112.70, 23.34),
    ),
    "SH-04": (
        (112.735, 23.315),
        (112.77, 23.32),
        (112.76, 23.34),
        (112.73, 23.345),
        (112.735, 23.315),
    ),
    "SH-05": (
        (112.70, 23.315),
        (112.69, 23.28),
        (112.74, 23.28),
        (112.735, 23.315),
        (112.70, 23.315),
    ),
    "SH-06": (
        (112.705, 23.37),
        (112.73, 23.365),
        (112.765, 23.36),
        (112.75, 23.40),
        (112.705, 23.37),
    ),
}
# User name, whether the person agreed to be named, number at the station.
STAFF = (
    ("dongcheng-manager", True, "SH1001"),
    ("chengzhong-manager", False, "SH1002"),
    ("zhenshan-manager", True, "SH1003"),
)
# Code, name, level, parent, households.
GOVERNMENT = (
    ("441284001", "东城街道", "town", "", 7800),
    ("441284001001", "东城社区", "community", "441284001", 2600),
    ("441284001001001", "东城社区第一网格", "grid", "441284001001", 460),
    ("441284001001002", "东城社区第二网格", "grid", "441284001001", 510),
    ("441284001002", "南街社区", "community", "441284001", 1900),
    ("441284001002001", "南街社区第一网格", "grid", "441284001002", 430),
)
# Power grid, government grid, share.
PAIRS = (
    ("SH-01", "441284001001001", 55),
    ("SH-01", "441284001001002", 45),
    ("SH-02", "441284001002001", 70),
    ("SH-03", "441284001", 30),
)
CHANNELS = (
    ("SH-01", "group", "东城社区用电服务群", "", "东城供电所营业班"),
    ("SH-01", "station", "东城社区便民服务站", "光明路2号社区服务中心", "东城供电所营业班"),
    ("SH-02", "group", "南街用电服务群", "", "东城供电所营业班"),
    ("SH-05", "station", "大沙圩便民服务点", "大沙圩供销社旁", "大沙供电所"),
)


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Found the ground, and let its people come and go up to the demo's first instant."""
    unit = Organisation.objects.get(code=UNIT)
    by = somebody(unit, Permission.GRID_MANAGE)
    if by is None:
        return
    begun = clock.at(FIRST)
    with clock.standing_at(until):
        grids = {one.code: _found(one, unit, by, begun) for one in GROUNDS}
        _pair(grids, unit, by, begun)
        _staff(grids, by, begun, until)


def _found(ground: Ground, unit: Organisation, by: User, now: datetime) -> PowerGrid:
    assert unit.region is not None
    grid = services.found_grid(
        enterprise=unit,
        code=ground.code,
        name=ground.name,
        station=Organisation.objects.get(code=ground.station),
        region=unit.region,
        places=ground.places,
        households=sum(homes for _code, _name, homes in ground.areas),
        duty_phone=ground.phone,
        boundary={"type": "Polygon", "coordinates": [[list(one) for one in BORDERS[ground.code]]]},
        valid_from=FIRST,
        by=by,
        now=now,
    )
    code, name = ground.line
    line = services.register_feeder(enterprise=unit, code=code, name=name, by=by, now=now)
    areas = [
        services.register_area(
            enterprise=unit,
            code=code,
            name=name,
            feeder=line,
            households=homes,
            capacity_kva=400,
            by=by,
            now=now,
        )
        for code, name, homes in ground.areas
    ]
    services.assign_feeders(grid, [line], valid_from=FIRST, by=by, now=now)
    services.assign_areas(grid, areas, valid_from=FIRST, by=by, now=now)
    return grid


def _pair(grids: dict[str, PowerGrid], unit: Organisation, by: User, now: datetime) -> None:
    assert unit.region is not None
    made: dict[str, GovernmentGrid] = {}
    for code, name, level, parent, homes in GOVERNMENT:
        made[code] = services.found_government_grid(
            keeper=unit,
            code=code,
            name=name,
            level=level,
            type="urban",
            region=unit.region,
            parent=made.get(parent),
            department=Organisation.objects.get(code=DEPARTMENT),
            households=homes,
            phone="0758-3311200",
            valid_from=FIRST,
            by=by,
            now=now,
        )
    for code, other, share in PAIRS:
        services.pair(
            grids[code],
            made[other],
            share=Decimal(share),
            agreement="网格共建共治共享协议",
            power_contact="供电所营业班长",
            government_contact="网格办主任",
            valid_from=FIRST,
            by=by,
            now=now,
        )
    for code, kind, name, place, owner in CHANNELS:
        services.open_channel(
            grids[code],
            kind=kind,
            name=name,
            place=place,
            owner=owner,
            opened_on=FIRST,
            by=by,
            now=now,
        )
    accounts = [
        (f"05120{number:05}", area)
        for number, area in enumerate(TransformerArea.objects.filter(enterprise=unit), start=1)
    ]
    services.place_accounts(unit, accounts, by=by, now=now)


def _staff(grids: dict[str, PowerGrid], by: User, begun: datetime, until: datetime) -> None:
    users = {one.username: one for one in User.objects.filter(memberships__isnull=False)}
    if any(name not in users for name, _named, _number in STAFF):
        return
    people = {
        name: _enrolled(users[name], named, number, by, until) for name, named, number in STAFF
    }
    east, centre, hill = people.values()

    def appoint(code: str, who: GridMember, since: datetime, post: str = Post.MANAGER) -> None:
        services.appoint(grids[code], member=who, post=post, starts_at=since, by=by, now=since)

    for code, who in (("SH-01", centre), ("SH-02", east), ("SH-03", centre), ("SH-04", hill)):
        appoint(code, who, begun)
    appoint("SH-05", east, begun)
    # Nobody answered for it for some days.
    appoint("SH-06", east, begun + timedelta(days=9))
    for code in ("SH-01", "SH-02", "SH-03"):
        appoint(code, hill, begun, Post.CUSTOMER_LOW)
    appoint("SH-01", centre, begun, Post.CUSTOMER_HIGH)
    summer = clock.at(date(2011, 7, 1), 8, 30)
    taken = services.propose(
        grids["SH-01"],
        successor=east,
        effective_at=summer,
        reason="供电所内调整分工",
        by=by,
        now=summer - timedelta(days=3),
    )
    services.accept(taken, by=east.user, now=summer - timedelta(days=2))
    services.carry_out(now=summer)
    _autumn(grids, centre, hill, by, until)
    if (officer := users.get("dongcheng-grid")) is not None:
        _officer(officer, by, begun, until)


def _autumn(
    grids: dict[str, PowerGrid], centre: GridMember, hill: GridMember, by: User, until: datetime
) -> None:
    vacant = clock.at(date(2011, 11, 15), 18)
    row = Assignment.objects.managers().get(power_grid=grids["SH-05"])
    services.relieve(row, at=vacant, reason="负责的网格过多", by=by, now=vacant)
    leave = clock.at(date(2011, 11, 21), 8)
    services.cover(
        grids["SH-04"],
        member=centre,
        starts_at=leave,
        ends_at=leave + timedelta(days=7),
        reason="年休假",
        by=by,
        now=leave - timedelta(days=2),
    )
    services.propose(
        grids["SH-02"],
        successor=hill,
        effective_at=clock.at(date(2011, 11, 28), 8, 30),
        reason="一名网格经理负责的网格过多",
        by=by,
        now=until - timedelta(hours=18),
    )


def _officer(officer: User, by: User, begun: datetime, until: datetime) -> None:
    department = Organisation.objects.get(code=DEPARTMENT)
    member = services.enrol(
        user=officer,
        organisation=department,
        work_phone="0758-3311201",
        joined_on=FIRST,
        by=by,
        now=until,
    )
    for code in ("441284001001001", "441284001001002"):
        grid = GovernmentGrid.objects.get(code=code)
        given = {"member": member, "starts_at": begun, "by": by, "now": begun}
        services.appoint(grid, post=Post.OFFICER, **given)


def _enrolled(user: User, named: bool, number: str, by: User, now: datetime) -> GridMember:
    home = user.memberships.select_related("organisation").first()
    assert home is not None
    return services.enrol(
        user=user,
        organisation=home.organisation,
        staff_number=number,
        work_phone="0758-33101" + number[-2:],
        named=named,
        joined_on=FIRST,
        by=by,
        now=now,
    )
