"""Cases that only figures ask of: the months before a replay, and what was answered each day.

Invented, and the same for one seed. Nobody's name or telephone stands in them.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core import clock

Found = tuple[str, str, dict[str, Any]]  # owner, source, fields of a record

# Office → whom its callers speak of, as often as they are named: units, or provinces (by name)
# whose companies are not in the portal.
OFFICES = {
    "SERC-NF": "CSG-GD-GZ CSG-GD-GZ CSG-GD-GZ CSG-GD-SZ CSG-GD-SZ CSG-GD-FS CSG-GD-ZQ CSG-GX-NN "
    "CSG-GX-NN CSG-GX-LZ CSG-GX-GL CSG-HI-HK CSG-HI-SY GXSL",
    "SERC-YN": "CSG-YN-KM CSG-YN-KM CSG-YN-QJ CSG-YN-DL",
    "SERC-GZ": "CSG-GZ-GY CSG-GZ-GY CSG-GZ-ZY",
    "SERC-HEN": "河南",
    "SERC-HUN": "湖南",
    "SERC-SC": "四川",
    "SERC-ZJ": "浙江",
    "SERC-SD": "山东",
}
WEIGHTS = {
    "office": {"SERC-NF": 44, "SERC-YN": 10, "SERC-GZ": 8, "SERC-HEN": 12, "SERC-HUN": 9}
    | {"SERC-SC": 7, "SERC-ZJ": 6, "SERC-SD": 4},
    "nature": {"complaint": 30, "report": 6, "enquiry": 48, "praise": 3, "help": 7}
    | {"suggestion": 4, "other": 2},
    "channel": {"phone": 80, "fax": 3, "email": 7, "letter": 4, "visit": 2, "sms": 3}
    | {"government": 1},
    "category": {"outage_repair": 30, "supply_quality": 14, "metering": 15, "billing": 12}
    | {"connection": 12, "supply_service": 5, "price_execution": 7, "safety": 3, "other": 2},
    "outcome": {"substantiated": 4, "partly": 3, "unsubstantiated": 3},
    "satisfaction": {"content": 55, "fairly": 27, "not_content": 10, "unreachable": 8},
}
WORDS = {
    "outage_repair": "停电时间长，抢修不及时。",
    "supply_quality": "电压低，电器不能正常使用。",
    "metering": "对电表计量有疑问。",
    "billing": "对电费账单和缴费有疑问。",
    "connection": "报装接电时间长。",
    "supply_service": "反映营业厅服务。",
    "price_execution": "反映或者咨询电价执行。",
    "pricing": "反映或者咨询电价和收费。",
    "safety": "反映线路安全隐患。",
    "other": "其他用电事项。",
}
# Category → last day, and what such cases are called afterwards.
REPLACED = {"price_execution": (date(2011, 12, 31), "pricing")}
# Months before the begin → cases of that month; those of the year before are there to compare with.
MONTHS = {15: 52, 14: 58, 13: 60, 12: 96, 6: 72, 5: 66, 4: 78, 3: 84, 2: 92, 1: 108, 0: 140}
COMPLAINTS = ("complaint", "report")
SIXTY_DAYS = 60
# So many of one office are handed in together, where a day has many.
AT_ONCE = 45


@dataclass
class Past:
    """The same cases for the same seed."""

    seed: int
    # Cases of each day beside the few that are always there.
    more: int = 0

    def before(self, begin: datetime) -> list[Found]:
        """What the register held when the portal began, by whole months, all of it closed."""
        return [one for back, many in MONTHS.items() for one in self._month(begin, back, many)]

    def _month(self, begin: datetime, back: int, many: int) -> Iterator[Found]:
        first = begin.date().replace(day=1)
        for _month in range(back):
            first = (first - timedelta(days=1)).replace(day=1)
        last = monthrange(first.year, first.month)[1]
        if back == 0:
            many, last = many * begin.day // last, begin.day - 1
        rng = random.Random(f"{self.seed} {first}")
        for number in range(many):
            day = first + timedelta(days=number * last // many)
            yield self._case(rng, day, number, before=begin)

    def day(self, day: date) -> list[Found]:
        """What was asked and answered on a day; on days off hardly anything."""
        rng = random.Random(f"{self.seed} {day}")
        many = rng.randint(1, 3) if day.weekday() < 5 else rng.randint(0, 1)
        end = clock.at(day, 17, 30)
        found = [self._case(rng, day, number, before=end) for number in range(many)]
        # Each evening the hotlines of some offices hand in the rest of what they answered.
        for turn in range(0, self.more, AT_ONCE):
            office = drawn(rng, "office")
            for number in range(many + turn, many + min(turn + AT_ONCE, self.more)):
                found.append(self._case(rng, day, number, before=end, hotline=office))
        return found

    def _case(
        self, rng: random.Random, day: date, number: int, *, before: datetime, hotline: str = ""
    ) -> Found:
        received = clock.at(day, 8, 30) + timedelta(minutes=rng.randrange(450))
        owner = hotline or drawn(rng, "office")
        channel = "phone" if hotline else drawn(rng, "channel")
        nature, category = drawn(rng, "nature"), _in_force(drawn(rng, "category"), day)
        source = channel if channel in ("letter", "visit") else "12398"
        longest = min(before, received + timedelta(days=SIXTY_DAYS)) - received
        share = rng.betavariate(1.6, 3) if nature in COMPLAINTS else 0.0
        record = {
            # Apart from the numbers that are given at the desk, which have the year in full.
            "number": f"{source}-{day:%y%m%d}-{number + 1:03}".upper(),
            "received_at": received,
            "channel": channel,
            "nature": nature,
            "category": category,
            "content": WORDS[category],
            "state": "closed",
            "closed_at": (received + longest * share).replace(second=0, microsecond=0),
            **self._end(rng, nature),
            **self._about(rng, owner),
        }
        record["closed_at"] = max(record["closed_at"], received)
        return owner, source, record

    @staticmethod
    def _end(rng: random.Random, nature: str) -> dict[str, Any]:
        if nature in COMPLAINTS and rng.random() < 0.08:
            return {"state": "refused", "accepted": False, "outcome": "refused"}
        outcome = drawn(rng, "outcome") if nature in COMPLAINTS else "answered"
        satisfaction = drawn(rng, "satisfaction") if nature in COMPLAINTS else ""
        return {"accepted": True, "outcome": outcome, "satisfaction": satisfaction}

    @staticmethod
    def _about(rng: random.Random, owner: str) -> dict[str, Any]:
        about = rng.choice(OFFICES[owner].split())
        if about.isascii():
            return {"organisation": about, "target": target_of(about)}
        return {"region": about, "target": "sgcc"}


def target_of(company: str) -> str:
    """What a company is in the list of those complained of."""
    return "csg" if company.startswith("CSG") else "local_company"


def _in_force(category: str, day: date) -> str:
    """The category, or the one that took its place in the list of the day."""
    until, then = REPLACED.get(category, (day, category))
    return category if day <= until else then


def drawn(rng: random.Random, what: str) -> str:
    """One of the codes, as often as its weight says."""
    weights = WEIGHTS[what]
    return rng.choices(list(weights), list(weights.values()))[0]


def evenings(first: datetime, last: datetime) -> Iterator[datetime]:
    """17:30 of every day from the first instant to the last."""
    day = first.date()
    while (evening := datetime.combine(day, time(17, 30), clock.ZONE)) <= last:
        if evening >= first:
            yield evening
        day += timedelta(days=1)
