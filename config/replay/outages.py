"""Outage notices of the companies, and callers at two places that no notice speaks of. Invented.

Filed on the day on which each was announced, completed the evening after it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints import services as complaints
from core import clock
from reporting.models import OutageNotice
from reporting.outage_records import Record
from reporting.services import outages

Somebody = Callable[[Organisation, Permission], User | None]
OFF, BACK = timedelta(minutes=4), timedelta(minutes=-35)


@dataclass(frozen=True)
class Work:
    """One outage: where, on which day from what hour to what hour, and when it was announced."""

    unit: str
    number: str
    kind: str
    reason: str
    day: str
    hours: tuple[int, int]
    # Days ahead of it; None: filed on the day, never announced.
    ahead: int | None
    area: str
    line: str
    spots: tuple[str, ...] = ()
    households: int = 0
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def start(self) -> datetime:
        return clock.at(date.fromisoformat(f"2011-{self.day}"), self.hours[0], 0)

    @property
    def end(self) -> datetime:
        return clock.at(date.fromisoformat(f"2011-{self.day}"), self.hours[1], 0)

    @property
    def told(self) -> datetime:
        """When the company speaks of it: beforehand, or in the evening of the day itself."""
        if self.ahead is None:
            return self.start + timedelta(minutes=25)
        return self.start.replace(hour=10) - timedelta(days=self.ahead)


LIVE = (("method", "live_working"), ("avoided_hours", Decimal("4.5")), ("avoided_households", 860))
POWER = (("method", "mobile_generator"), ("avoided_hours", Decimal(3)))
POWER += (("avoided_households", 420),)
PLAN = (("document", "粤经信电力〔2011〕218号"),)
SOUTH = ("10kV城南线", ("城南2号台区",))
WORKS = (
    Work(
        "CSG-GD-ZQ",
        "ZQ-1108",
        "planned",
        "planned_work",
        "11-08",
        (8, 17),
        8,
        "四会市城中街道",
        *SOUTH,
        410,
    ),
    Work(
        "CSG-GD-ZQ",
        "ZQ-1116",
        "planned",
        "construction",
        "11-16",
        (8, 18),
        7,
        "四会市城中街道",
        *SOUTH,
        410,
    ),
    Work(
        "CSG-GD-ZQ",
        "ZQ-1122",
        "temporary",
        "temporary_work",
        "11-22",
        (14, 17),
        1,
        "四会市城中街道",
        *SOUTH,
        410,
    ),
    Work(
        "CSG-GD-ZQ",
        "ZQ-1118",
        "planned",
        "planned_work",
        "11-18",
        (8, 16),
        None,
        "四会市贞山街道",
        "10kV贞山线",
        ("贞山1号台区",),
        286,
    ),
    Work(
        "CSG-GD-ZQ",
        "ZQ-1201",
        "planned",
        "planned_work",
        "12-01",
        (8, 17),
        8,
        "四会市东城街道",
        "10kV东城线",
        ("东城3号台区",),
        530,
        LIVE,
    ),
    Work(
        "CSG-GD-GZ",
        "GZ-1110",
        "planned",
        "planned_work",
        "11-10",
        (6, 14),
        9,
        "海珠区滨江街道",
        "10kV滨江甲线",
        (),
        1240,
    ),
    Work(
        "CSG-GD-GZ",
        "GZ-1115",
        "fault",
        "external_damage",
        "11-15",
        (15, 19),
        None,
        "天河区石牌街道",
        "10kV石牌线",
        ("石牌西5号台区",),
        620,
    ),
    Work(
        "CSG-GD-GZ",
        "GZ-1121",
        "planned",
        "public_works",
        "11-21",
        (9, 18),
        4,
        "白云区同和街道",
        "10kV同和线",
        ("同和8号台区",),
        780,
    ),
    Work(
        "CSG-GD-GZ",
        "GZ-1126",
        "planned",
        "planned_work",
        "11-26",
        (7, 15),
        8,
        "越秀区北京街道",
        "10kV文德线",
        ("文德路2号台区",),
        940,
        POWER,
    ),
    Work(
        "CSG-GD-FS",
        "FS-1112",
        "ordered_use",
        "ordered_use",
        "11-12",
        (9, 12),
        1,
        "南海区狮山工业园",
        "10kV狮山工业线",
        (),
        0,
        PLAN,
    ),
    Work(
        "CSG-GD-FS",
        "FS-1129",
        "planned",
        "construction",
        "11-29",
        (8, 17),
        9,
        "禅城区祖庙街道",
        "10kV祖庙线",
        ("祖庙6号台区",),
        350,
    ),
    Work(
        "CSG-GX-NN",
        "NN-1114",
        "planned",
        "planned_work",
        "11-14",
        (8, 18),
        7,
        "青秀区新竹街道",
        "10kV新竹线",
        (),
        1530,
    ),
    Work(
        "CSG-GX-NN",
        "NN-1123",
        "temporary",
        "danger",
        "11-23",
        (9, 12),
        1,
        "西乡塘区北湖街道",
        "10kV北湖线",
        ("北湖9号台区",),
        470,
    ),
    Work(
        "CSG-HI-HK",
        "HK-1117",
        "fault",
        "weather",
        "11-17",
        (2, 8),
        None,
        "龙华区海垦街道",
        "10kV海垦线",
        (),
        2100,
    ),
    Work(
        "CSG-HI-HK",
        "HK-1202",
        "planned",
        "planned_work",
        "12-02",
        (8, 17),
        9,
        "美兰区蓝天街道",
        "10kV蓝天线",
        ("蓝天2号台区",),
        660,
    ),
    Work(
        "CSG-YN-KM",
        "KM-1120",
        "planned",
        "planned_work",
        "11-20",
        (8, 17),
        7,
        "五华区大观街道",
        "10kV大观线",
        (),
        980,
    ),
)
# Unit, owner, day and minute of the first call, line, transformer area, minutes of the calls.
CALLS = (
    (
        "CSG-GD-ZQ",
        "CSG-GD",
        "11-19",
        7 * 60 + 20,
        "10kV江谷线",
        "江谷圩2号台区",
        (0, 8, 15, 31, 52),
    ),
    ("CSG-HI-HK", "CSG-HI", "11-22", 14 * 60 + 5, "10kV秀英线", "秀英村4号台区", (0, 12, 20, 44)),
)
WORDS = ("家里停电了，没看到停电通知。", "全村没电，什么时候来电？", "停电半个多小时了，没有通知。")
# An evening so long after the end of an outage finds everything filed.
LONG_OVER = timedelta(days=4)


def of_day(somebody: Somebody, *, now: datetime) -> None:
    """What the companies file up to an evening, and who called on that day."""
    for work in WORKS:
        if not work.told <= now <= work.end + LONG_OVER:
            continue
        unit = Organisation.objects.filter(code=work.unit).first()
        by = somebody(unit, Permission.OUTAGE_FILE) if unit else None
        if unit is not None and by is not None:
            _file(work, unit, by, now)
    _call(now)


def _file(work: Work, unit: Organisation, by: User, now: datetime) -> None:
    notice = OutageNotice.objects.filter(organisation=unit, number=work.number).first()
    if notice is None:
        notice = outages.file(_record(work), organisation=unit, by=by, now=now).notice
    if work.end <= now and notice.actual_end is None:
        back = work.end + BACK
        actual = {"actual_start": work.start + OFF, "actual_end": back, "cause_ended_at": back}
        if work.kind == "fault":
            actual["arrived_at"] = work.start + timedelta(minutes=38)
        outages.report(notice, actual, by=by, now=now)


def _record(work: Work) -> Record:
    told = work.ahead is not None or work.kind == "fault"
    return Record.of(
        {
            "number": work.number,
            "kind": work.kind,
            "reason": work.reason,
            "area": work.area,
            "area_type": "urban",
            "lines": [work.line],
            "transformer_areas": list(work.spots),
            "households": work.households,
            "planned_start": work.start,
            "planned_end": work.end,
            "published_at": work.told if told else None,
            "channels": ["newspaper", "posting"] if told else [],
            **dict(work.more),
        }
    )


def _call(now: datetime) -> None:
    for place, (unit, owner, day, minute, *where, minutes) in enumerate(CALLS):
        begin = clock.at(date.fromisoformat(f"2011-{day}")) + timedelta(minutes=int(minute))
        if begin.date() != now.astimezone(clock.ZONE).date():
            continue
        records = list(_calls(place, unit, begin, where, minutes))
        receiver = Organisation.objects.get(code=owner)
        results = complaints.receive_many(records, source="95598", owner=receiver, now=now)
        if faulty := [one for one in results if one.errors]:
            raise ValueError(f"{faulty[0].number}：{faulty[0].errors}")


def _calls(
    place: int, unit: str, begin: datetime, where: list[Any], minutes: tuple[int, ...]
) -> Iterator[complaints.Record]:
    for turn, minute in enumerate(minutes):
        received = begin + timedelta(minutes=minute)
        yield complaints.Record(
            number=f"95598-{begin:%y%m%d}-D{place + 1}{turn + 1}",
            received_at=received,
            channel="phone_95598",
            nature="fault",
            category="lv_fault",
            organisation=unit,
            feeder=where[0],
            transformer_area=where[1],
            area_type="rural",
            complainant_phone=f"1380000{place}{turn:03}",
            content=WORDS[turn % len(WORDS)],
            state="closed",
            arrived_at=received + timedelta(minutes=35),
            restored_at=received + timedelta(minutes=60),
            households=86 if turn == 0 else 0,
            closed_at=received + timedelta(minutes=70),
        )
