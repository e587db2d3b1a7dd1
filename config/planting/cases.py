"""Cases in bulk: a year of both hotlines up to a day, in chunks that stand by themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.territory import regulator_for
from complaints import services
from complaints.models import Case, Term
from complaints.procedures import definition_of
from complaints.workflow import REPORT, Act, State
from config.planting.scales import Scale
from config.replay.content import GIVEN, SURNAMES
from core import clock

CHUNK = 1000
YEAR = timedelta(days=365)
# Of so many cases one comes by 12398, the others by 95598.
REGULATOR_EVERY = 50
# What was received within so many days may still be open.
OPEN_DAYS = 6
NATURES = {
    "12398": {"complaint": 25, "report": 5, "enquiry": 55, "help": 10, "suggestion": 5},
    "95598": {"fault": 30, "enquiry": 38, "query": 12, "service_request": 8, "complaint": 5}
    | {"opinion": 3, "suggestion": 1, "praise": 2, "report": 1},
}
CHANNELS = {"12398": "phone", "95598": "phone_95598"}
HANDS_ON = (Act.TRANSFER, Act.DISPATCH)
FINDINGS = ("substantiated", "partly", "unsubstantiated")
SATISFACTION = {"content": 70, "fairly": 20, "not_content": 6, "unreachable": 4}
PLACES = ("解放路", "人民路", "新村", "沿江路", "工业大道", "学院路", "东门街", "育才巷")
MATTERS = (
    "家中停电，请尽快处理。",
    "台区电压低，空调带不动。",
    "电费比上月多了很多，请核对。",
    "电表显示异常。",
    "咨询用电报装需要什么材料。",
    "一下雨就跳闸，反映多次没有解决。",
    "停电没有提前通知。",
    "线路老化，担心不安全。",
    "缴费后没有复电。",
    "对营业厅服务不满意。",
)


@dataclass(frozen=True)
class Chunk:
    """Some cases about one company: the ``index``-th thousand, in its part of the year."""

    company: str
    owner: str
    source: str
    index: int
    count: int
    start: datetime
    end: datetime
    about: tuple[str, ...]

    def number(self, place: int) -> str:
        """Unique for the owner, who may supervise several companies; P for planted."""
        return f"P{self.source}-{self.company}-{self.index * CHUNK + place + 1:08}"


def chunks(scale: Scale, *, cases: int, day: date) -> Iterator[Chunk]:
    """All chunks, in order of owners and time; companies as big as they have bureaus."""
    end = clock.at(day, 9, 30)
    for company in scale.companies:
        units = tuple(
            Organisation.objects.filter(code__startswith=f"{company}-P")
            .order_by("code")
            .values_list("code", flat=True)
        )
        office, _copy = regulator_for(Organisation.objects.get(code=company), day)
        mine = cases * scale.share(company) // scale.bureaus
        for source, owner, count in (
            ("95598", company, mine - mine // REGULATOR_EVERY),
            ("12398", office.code, mine // REGULATOR_EVERY),
        ):
            yield from _of((company, owner, source), count, end, units)


def _of(
    place: tuple[str, str, str], count: int, end: datetime, about: tuple[str, ...]
) -> Iterator[Chunk]:
    parts = -(-count // CHUNK)
    for index in range(parts):
        size = min(CHUNK, count - index * CHUNK)
        start = end - YEAR + YEAR * index / parts
        yield Chunk(*place, index, size, start, end - YEAR + YEAR * (index + 1) / parts, about)


class Planter:
    """Makes records out of a seed, and enters them through the bulk service."""

    def __init__(self, seed: int, end: datetime) -> None:
        self.seed, self.end = seed, end
        self.desk = services.Desk()
        self.categories = list(Term.objects.of("category").order_by("order", "code"))

    def plant(self, chunk: Chunk) -> int:
        """Enter a chunk unless it stands already; how many cases are new. Raises ``ValueError``."""
        owner = Organisation.objects.get(code=chunk.owner)
        last = chunk.number(chunk.count - 1)
        if Case.objects.filter(owner=owner, number=last).exists():
            return 0
        results = services.receive_many(
            self.records(chunk),
            source=chunk.source,
            owner=owner,
            now=self.end,
            desk=self.desk,
        )
        if faulty := [one for one in results if one.errors]:
            raise ValueError(f"{faulty[0].number}：{faulty[0].errors}")
        return sum(one.status == 201 for one in results)

    def records(self, chunk: Chunk) -> Iterator[services.Record]:
        """The records of a chunk: the same whenever they are made."""
        rng = random.Random(f"{self.seed} {chunk.company} {chunk.source} {chunk.index}")
        span = (chunk.end - chunk.start) / chunk.count
        for place in range(chunk.count):
            received = chunk.start + span * (place + rng.random())
            yield self._record(rng, chunk, place, received.replace(microsecond=0))

    def _record(
        self, rng: random.Random, chunk: Chunk, place: int, received: datetime
    ) -> services.Record:
        nature = drawn(rng, NATURES[chunk.source])
        unit = rng.choice(chunk.about)
        feeder = rng.randrange(1, 40)
        return services.Record(
            number=chunk.number(place),
            received_at=received,
            channel=CHANNELS[chunk.source],
            nature=nature,
            category=self._category(rng, chunk.source, nature, received),
            organisation=unit,
            target="csg" if chunk.source == "12398" else "",
            complainant_name=rng.choice(SURNAMES) + rng.choice(GIVEN),
            complainant_phone=f"1380{rng.randrange(10**7):07}",
            address=f"{rng.choice(PLACES)}{rng.randrange(1, 300)}号",
            account_no=f"09{rng.randrange(10**9):09}",
            feeder=f"10kV{unit[-4:]}{feeder:02}线",
            transformer_area=f"{unit[-4:]}{feeder:02}-{rng.randrange(1, 30):02}台区",
            area_type=rng.choice(("urban", "urban", "rural", "remote")),
            content=f"{rng.choice(PLACES)}用户反映：{rng.choice(MATTERS)}",
            **self._end(rng, nature, received),
        )

    def _category(self, rng: random.Random, source: str, nature: str, received: datetime) -> str:
        day = clock.day_of(received)
        fitting = [
            term.code
            for term in self.categories
            if term.valid_from <= day
            and (term.valid_until is None or term.valid_until >= day)
            and (not term.sources or source in term.sources)
            and (nature in term.natures if nature == "fault" else not term.natures)
        ]
        # The first of a list come up most often.
        return fitting[int(len(fitting) * rng.random() ** 2)] if fitting else ""

    def _end(self, rng: random.Random, nature: str, received: datetime) -> dict[str, Any]:
        left = self.end - received
        if left < timedelta(days=OPEN_DAYS) and rng.random() < 1 - left / timedelta(days=OPEN_DAYS):
            return {}
        days = 10 if nature in ("complaint", "report") else 1
        closed = received + min(left, timedelta(days=days)) * rng.betavariate(1.5, 3)
        found = {"state": "closed", "closed_at": max(received, closed.replace(microsecond=0))}
        if nature in ("complaint", "report"):
            satisfaction = drawn(rng, SATISFACTION)
            result = {"outcome": rng.choice(FINDINGS), "satisfaction": satisfaction}
            return {**found, **result, "accepted": True}
        return {**found, "outcome": "answered"}


def drawn(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def lively(*, most: int, now: datetime) -> int:
    """Hand the newest open cases to their bureaus, which take over every second one; how many."""
    fresh = Case.objects.filter(state=State.REGISTERED, organisation__isnull=False)
    fresh = fresh.exclude(nature=REPORT).select_related("procedure", "owner", "organisation")
    done = 0
    for number, case in enumerate(fresh.order_by("-received_at", "pk")[:most]):
        acts = [Act.ACCEPT, Act.TRANSFER, Act.DISPATCH, *([Act.TAKE] if number % 2 else [])]
        known = definition_of(case.procedure).moves
        for what in (act for act in acts if act in known):
            place = case.organisation if what == Act.TAKE else case.owner
            answers = {"organisation": case.organisation} if what in HANDS_ON else {}
            case = services.act(case, what, by=clerk(place), now=now, **answers)
        done += 1
    return done


def clerk(place: Organisation | None) -> User:
    """Who handles cases at a place."""
    assert place is not None
    what = "officer" if place.is_regulator else "filer"
    return User.objects.get(username=f"{place.code}-{what}".lower())
