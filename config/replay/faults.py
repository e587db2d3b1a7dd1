"""Faults that the companies' 95598 repaired, and how many residents they serve. Invented.

The same for a seed: a day's faults are handed in that evening, those of the months before at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints.models import ResidentUsers
from complaints.services import residents
from config.replay.past import Found
from core import clock

Somebody = Callable[[Organisation, Permission], User | None]

# Unit → how many residents it serves; one of them has not said so yet.
RESIDENTS = {
    "CSG-GD-GZ": 4_620_000,
    "CSG-GD-SZ": 2_510_000,
    "CSG-GD-FS": 2_130_000,
    "CSG-GD-ZQ": 1_240_000,
    "CSG-GX-NN": 1_870_000,
    "CSG-GX-LZ": 1_050_000,
    "CSG-HI-HK": 690_000,
    "CSG-YN-KM": 1_930_000,
}
UNITS = (*RESIDENTS, "CSG-GX-GL")
COUNTED, FROM = "各单位用电营业年报", date(2011, 1, 1)
# So many days before the begin are in the old register.
DAYS = 75
# Area type → minutes to the site at most, minutes to power at most.
AREAS = {"urban": (52, 260), "rural": (100, 320), "remote": (135, 330)}
LIKELY, TOLD = 0.4, 0.85
# The last minute of what is handed in at half past five, and from power to the end of a case.
HANDED_IN, AFTERWARDS = (17, 25), timedelta(minutes=20)


def count_residents(somebody: Somebody, *, now: datetime) -> None:
    """Units that have somebody say how many residents they serve."""
    for code, count in RESIDENTS.items():
        unit = Organisation.objects.get(code=code)
        by = somebody(unit, Permission.CASE_HANDLE)
        if by is not None and not ResidentUsers.objects.filter(organisation=unit).exists():
            residents.enter(unit, count=count, valid_from=FROM, basis=COUNTED, by=by, now=now)


def before(seed: int, begin: datetime) -> list[Found]:
    """What the registers of the companies held when the portal began."""
    days = (begin.date() - timedelta(days=n) for n in range(DAYS, 0, -1))
    return [one for day in days for one in of_day(seed, day)]


def of_day(seed: int, day: date) -> list[Found]:
    """What was reported and repaired on a day."""
    rng = random.Random(f"{seed} faults {day}")
    return list(_faults(rng, day))


def _faults(rng: random.Random, day: date) -> Iterator[Found]:
    for place, unit in enumerate(UNITS):
        if rng.random() > LIKELY:
            continue
        area = rng.choice(("urban", "urban", "rural", "remote"))
        to_site, to_power = AREAS[area]
        received = clock.at(day, 8, 0) + timedelta(minutes=rng.randrange(120))
        arrived = received + timedelta(minutes=rng.randrange(12, to_site))
        restored = arrived + timedelta(minutes=rng.randrange(15, to_power))
        # Handed in that evening: one that would last into it began so much earlier.
        early = max(timedelta(0), restored + AFTERWARDS - clock.at(day, *HANDED_IN))
        received, arrived, restored = (at - early for at in (received, arrived, restored))
        fields: dict[str, Any] = {
            "number": f"95598-{day:%y%m%d}-F{place + 1:02}",
            "received_at": received,
            "channel": "phone_95598",
            "nature": "fault",
            "organisation": unit,
            "area_type": area,
            "content": rng.choice(("家中停电，附近几户也没有电。", "变压器熔断器响后停电。")),
            "arrived_at": arrived,
            "restored_at": restored,
            "households": rng.randrange(1, 180) if rng.random() < TOLD else None,
            "state": "closed",
            "closed_at": restored + AFTERWARDS,
            "outcome": "answered",
        }
        if rng.random() < LIKELY:
            fields["interrupted_at"] = received - timedelta(minutes=rng.randrange(3, 40))
        yield unit.rpartition("-")[0], "95598", fields
