"""Outage notices of the companies, and callers at two places that no notice speaks of. Invented.

Filed on the day on which each was announced, completed the evening after it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints import services as complaints
from core import catalogue_files, clock
from reporting.models import OutageNotice
from reporting.outage_records import Record
from reporting.services import outage_leads, outages

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
    # How long since the first autumn, in which these were thought out.
    since: timedelta = timedelta(0)

    @property
    def start(self) -> datetime:
        return _at(self.day, self.since, hours=self.hours[0])

    @property
    def end(self) -> datetime:
        return _at(self.day, self.since, hours=self.hours[1])

    def told_again(self, since: timedelta) -> Work:
        """The like of it so long after, numbered by its day."""
        moved = replace(self, since=since)
        prefix, _dash, _day = self.number.partition("-")
        return replace(moved, number=f"{prefix}-{moved.start:%m%d}")

    @property
    def told(self) -> datetime:
        """When the company speaks of it: beforehand, or in the evening of the day itself."""
        if self.ahead is None:
            return self.start + timedelta(minutes=25)
        return self.start.replace(hour=10) - timedelta(days=self.ahead)


def _at(day: str, since: timedelta, **hours: int) -> datetime:
    return clock.at(date.fromisoformat(f"2011-{day}") + since) + timedelta(**hours)


def _work(told: dict[str, Any]) -> Work:
    more = {k: Decimal(v) if k == "avoided_hours" else v for k, v in told.pop("more", {}).items()}
    hours, spots = tuple(told.pop("hours")), tuple(told.pop("spots"))
    return Work(**told, hours=hours, spots=spots, more=tuple(more.items()))


DATA = catalogue_files.read(Path(__file__).parent.parent / "catalogue" / "replay" / "outages.yaml")
WORKS, CALLS = tuple(map(_work, DATA["works"])), DATA["calls"]
WORDS = ("家里停电了，没看到停电通知。", "全村没电，什么时候来电？", "停电半个多小时了，没有通知。")
# An evening so long after the end of an outage finds everything filed.
LONG_OVER = timedelta(days=4)
# Weeks later nothing of what the autumn announced is still to come.
AGAIN = timedelta(days=30)
FIRST = min(WORKS, key=lambda work: work.told)


def plant(somebody: Somebody, *, until: datetime, since: timedelta) -> None:
    """The like of the first autumn's outages in the weeks around ``until``, so long ``since``.

    Without what rests on a document of that autumn. Nothing where it is still the same autumn.
    """
    if since < AGAIN:
        return
    works = tuple(one.told_again(since) for one in WORKS if one.kind != "ordered_use")
    days = (until - FIRST.told - since).days
    evenings = [FIRST.told.replace(hour=20) + since + timedelta(days=n) for n in range(days)]
    for now in (*evenings, until):
        with clock.standing_at(now):
            of_day(somebody, works, since, now=now)
    with clock.standing_at(until):
        outage_leads.detect(now=until)


def of_day(
    somebody: Somebody,
    works: tuple[Work, ...] = WORKS,
    since: timedelta = timedelta(0),
    *,
    now: datetime,
) -> None:
    """What the companies file up to an evening, and who called on that day."""
    for work in works:
        if not work.told <= now <= work.end + LONG_OVER:
            continue
        unit = Organisation.objects.filter(code=work.unit).first()
        by = somebody(unit, Permission.OUTAGE_FILE) if unit else None
        if unit is not None and by is not None:
            _file(work, unit, by, now)
    _call(since, now)


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


def _call(since: timedelta, now: datetime) -> None:
    for place, one in enumerate(CALLS):
        hour, minute = one["time"].split(":")
        begin = _at(one["day"], since, hours=int(hour), minutes=int(minute))
        if begin.date() != now.astimezone(clock.ZONE).date():
            continue
        records = list(_calls(place, one, begin))
        receiver = Organisation.objects.get(code=one["owner"])
        results = complaints.receive_many(records, source="95598", owner=receiver, now=now)
        if faulty := [result for result in results if result.errors]:
            raise ValueError(f"{faulty[0].number}：{faulty[0].errors}")


def _calls(place: int, one: dict[str, Any], begin: datetime) -> Iterator[complaints.Record]:
    for turn, minute in enumerate(one["minutes"]):
        received = begin + timedelta(minutes=minute)
        yield complaints.Record(
            number=f"95598-{begin:%y%m%d}-D{place + 1}{turn + 1}",
            received_at=received,
            channel="phone_95598",
            nature="fault",
            category="lv_fault",
            organisation=one["unit"],
            feeder=one["line"],
            transformer_area=one["area"],
            area_type="rural",
            complainant_phone=f"1380000{place}{turn:03}",
            content=WORDS[turn % len(WORDS)],
            state="closed",
            arrived_at=received + timedelta(minutes=35),
            restored_at=received + timedelta(minutes=60),
            households=86 if turn == 0 else 0,
            closed_at=received + timedelta(minutes=70),
        )
