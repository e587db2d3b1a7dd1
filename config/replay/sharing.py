"""The demo's shared archives of one county: agreements, a file that came in, what was found wrong
and mended, a sample. Invented people and numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

from accounts.models import Organisation, User
from accounts.permissions import Permission
from core import clock
from grids.models import ArchiveRecord, DataProblem, FixTask, PowerGrid
from grids.services import archives, exchanging, quality, sampling
from grids.services import sharing as services
from grids.services.sharing import Terms
from grids.sharing.moves import AgreementMove

Somebody = Callable[[Organisation, Permission], User | None]
UNIT, GRID, ABOVE = "CSG-GD-ZQ-SH", "GOV-441284", "CSG-GD"
PAIRS = (
    *(("序号", "number"), ("采集日期", "as_of"), ("电表户号", "account_no")),
    *(("户主姓名", "name"), ("手机", "phone")),
)
NAMES = [
    "岑水清",
    "冼月桂",
    "谭若兰",
    "霍思远",
    "简文静",
    "黎明珠",
    "韦春山",
    "覃永年",
    "何志远",
    "陆青山",
    "莫如玉",
    "甘雨田",
]
# Transformer area, grid, road.
PLACES = (
    ("T0101", "SH-01", "光明路"),
    ("T0102", "SH-01", "清平路"),
    ("T0201", "SH-02", "南街社区"),
    ("T0301", "SH-03", "府前路"),
)
# What is wrong with some of them.
FAULTS: dict[int, dict[str, str]] = {
    3: {"phone": "138000"},
    5: {"phone": ""},
    8: {"power_grid": "SH-03"},
    14: {"phone": "13812345678"},
    19: {"name": ""},
}
STALE = (7, 16)
COUNT = 24


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Play the autumn of the county's archives, through the services."""
    unit, office, above = (Organisation.objects.get(code=one) for one in (UNIT, GRID, ABOVE))
    lead = somebody(unit, Permission.SHARING_APPROVE)
    filer = somebody(above, Permission.SHARING_MANAGE)
    known = PowerGrid.objects.filter(enterprise=unit, code__in=[one[1] for one in PLACES])
    if lead is None or filer is None or known.count() < len({one[1] for one in PLACES}):
        return
    with clock.standing_at(until):
        _enter(unit, lead)
        _exchange(unit, office, filer, lead)
        _mend(unit, filer, lead)
        drawn = {"size": 6, "fields": ["name", "phone", "address"], "seed": "2011-11-21"}
        sample = sampling.draw(unit, **drawn, by=lead, now=_at("11-21 09:00"))
        for item in sample.items.order_by("position")[:4]:
            answers = {name: (item.position, name) != (2, "phone") for name in sample.fields}
            sampling.judge(item, answers=answers, by=lead, now=_at("11-22 15:00"))


def _at(text: str) -> datetime:
    return datetime.strptime(f"2011-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def _archive(place: int) -> dict[str, str]:
    area, grid, road = PLACES[place % len(PLACES)]
    return {
        "account_no": f"07581{place:05d}",
        "name": NAMES[place % len(NAMES)],
        "phone": f"1382617{4000 + place * 37:04d}",
        "address": f"广东省四会市东城街道{road}{place + 1}号",
        "usage": "居民",
        "transformer_area": area,
        "power_grid": grid,
    }


def _enter(unit: Organisation, lead: User) -> None:
    for place in range(COUNT):
        values = {**_archive(place), **FAULTS.get(place, {})}
        if place == 10:
            values["account_no"] = _archive(1)["account_no"]
        day = date(2010, 9, 1) if place in STALE else date(2011, 6, 1 + place)
        number, now = f"SH-{place + 1:05d}", _at("10-12 10:00")
        archives.enter(unit, number, values, checked_on=day, by=lead, now=now)


def _exchange(unit: Organisation, office: Organisation, filer: User, lead: User) -> None:
    terms = Terms(
        company=unit,
        government=office,
        direction="both",
        fields=("account_no", "name", "phone"),
        purpose="核对网格服务对象档案，便于停电通知和涉电诉求回访",
        document="四网格办〔2011〕18号",
        starts_on=date(2011, 10, 17),
        ends_on=date(2012, 10, 15),
    )
    made = services.propose(terms, by=filer, now=_at("10-13 09:00"))
    approve = {"move": AgreementMove.APPROVE, "note": "同意", "by": lead}
    made = services.decide(made, **approve, now=_at("10-14 16:00"))  # type: ignore[arg-type]
    given = {"title": "网格人口档案核对", "direction": "in", "pairs": PAIRS, "cycle_days": 45}
    job = services.set_up(made, **given, by=filer, now=_at("10-17 09:00"))  # type: ignore[arg-type]
    upload = io.BytesIO(_file().encode("utf-8-sig"))
    exchanging.take_file(job, upload, name="网格人口.csv", by=filer, now=_at("10-18 10:20"))
    asked = Terms(
        company=unit,
        government=office,
        direction="out",
        fields=("transformer_area", "power_grid", "government_grid"),
        purpose="向网格员提供台区和电力网格的对应关系",
        starts_on=date(2011, 12, 1),
        ends_on=date(2012, 11, 30),
    )
    services.propose(asked, by=filer, now=_at("11-22 11:00"))


def _file() -> str:
    """What the grid office's platform wrote: mostly the same, some newer, some unknown to us."""
    lines = [",".join(theirs for theirs, _ours in PAIRS)]
    for place in (0, 1, 2, 4, 6, 9, 11, 12, 30, 31):
        said = _archive(place)
        phone = "13902671188" if place in (4, 9) else said["phone"]
        cells = (f"WG{place:04d}", "2011-10-15", said["account_no"], said["name"], phone)
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _mend(unit: Organisation, filer: User, lead: User) -> None:
    """Looked at in October; phones mended in time, the wrong grid still to do."""
    quality.check(unit, by=filer, now=_at("10-19 09:00"))
    station = PowerGrid.objects.select_related("station", "enterprise").get(
        enterprise=unit, code="SH-03"
    )
    for rule, moment in (("phone_wrong", "10-19 10:00"), ("wrong_grid", "11-14 09:30")):
        place = station.organisation
        waiting = {"organisation": place, "rule": rule, "by": filer, "now": _at(moment)}
        if place is not None and _some(place, rule):
            task = quality.issue(unit, **waiting)
            if rule == "phone_wrong":
                _phones(task, lead)
    quality.check(unit, by=filer, now=_at("11-21 08:40"))


def _some(place: Organisation, rule: str) -> bool:
    rows = DataProblem.objects.filter(organisation=place, rule=rule, closed_at__isnull=True)
    return rows.exists()


def _phones(task: FixTask, lead: User) -> None:
    """Asked at the door and corrected; then the proof."""
    for record in ArchiveRecord.objects.filter(problems__task=task).distinct():
        values = {"phone": f"1361760{record.pk % 10000:04d}"}
        archives.change(record, values, by=lead, now=_at("10-25 15:00"))
    quality.recheck(task, by=lead, now=_at("10-26 09:10"))
