"""People who call two hotlines, for measuring the linkage. Shares no code with the matcher.

Truth is known by construction: a matter is one household's trouble in one week; whatever cases come
of it belong together, also when a relative calls from another telephone. Around them stand those
that only look alike: neighbours of the same outage, neighbours of one landing who say the same word
for word, other households of the same street, the same household with another trouble or much
later, people of the same name elsewhere.

Names are misheard and mistyped, addresses lose numbers, change their order and the names of
estates and villages, numbers have slips, the lines of the net are mostly unknown to 12398.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.bench._caller_words import (
    CATEGORY,
    ENDINGS,
    ENDS,
    ESTATES,
    GIVEN,
    HEARD,
    NATURE,
    NUMERALS,
    ROADS,
    SAID,
    SURNAMES,
    TOWNS,
    TROUBLES,
    VILLAGES,
    WHEN,
)

# Two troubles of one kind in one household are two matters from here on.
APART = timedelta(days=20)


@dataclass(frozen=True)
class Home:
    """A household: who, where, and what it is fed by."""

    name: str
    phone: str
    account: str
    town: str
    road: str
    number: int
    estate: str
    block: int
    room: int
    feeder: str
    area: str
    company: str
    # Who else calls for the household, from another telephone.
    kin: str = ""
    kin_phone: str = ""


@dataclass
class Call:
    """One case as it comes in, and of which matter it tells."""

    source: str
    matter: int
    fields: dict[str, Any]
    received_at: datetime


@dataclass
class Town:
    """Everything that is drawn from one seed."""

    seed: int
    start: datetime
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.matters = 0
        self.troubles: dict[tuple[str, str], list[datetime]] = {}

    # --- Households --------------------------------------------------------------------------

    def person(self) -> str:
        rng = self.rng
        return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice([1, 2, 2, 2])))

    def phone(self) -> str:
        return "1" + self.rng.choice("3578") + "".join(self.rng.choices("0123456789", k=9))

    def kin(self, name: str) -> str:
        """A relative: often of the same surname."""
        other = self.person()
        return name[0] + other[1:] if self.rng.random() < 0.5 else other

    def street(self) -> list[Home]:
        """Some households of one street, fed by one transformer; account numbers in a row."""
        rng = self.rng
        side, sign = rng.choice("东西南北中"), rng.choice("城郊江岭湖")
        village = rng.random() < 0.3
        common = {
            "feeder": f"10kV{side}{sign}{rng.randint(1, 9)}线",
            "area": f"{rng.choice(ROADS + VILLAGES)[:2]}{rng.randint(1, 40)}号公变台区",
            "company": rng.choice(["CSG-GD-ZQ", "CSG-GD-ZQ", "CSG-GD-FS", "CSG-GD-ZQ-SH"]),
            "road": rng.choice(VILLAGES if village else ROADS),
            "estate": "" if village or rng.random() < 0.4 else rng.choice(ESTATES),
            "town": rng.choice(TOWNS),
        }
        first = rng.randrange(10**11, 9 * 10**11)
        return [
            self.home(f"03{first + turn * rng.choice([1, 1, 7])}", **common)
            for turn in range(rng.randint(3, 6))
        ]

    def home(self, account: str, **common: str) -> Home:
        rng, name = self.rng, self.person()
        return Home(
            name=name,
            phone=self.phone(),
            account=account,
            number=rng.randint(1, 120),
            block=rng.randint(1, 20),
            room=rng.choice([1, 2, 3, 5, 8]) * 100 + rng.randint(1, 6),
            kin=self.kin(name),
            kin_phone=self.phone(),
            **common,
        )

    def landing(self, home: Home) -> list[Home]:
        """A household and those of the doors beside it, in one house."""
        beside = [
            self.home(
                f"03{int(home.account) + turn}",
                feeder=home.feeder,
                area=home.area,
                company=home.company,
                road=home.road,
                estate=home.estate,
                town=home.town,
            )
            for turn in (11, 12)
        ]
        same = {"number": home.number, "block": home.block}
        if not home.estate:
            # Without rooms the neighbour has the next number of the street.
            return [home, *(replace(o, number=home.number + n) for n, o in enumerate(beside, 1))]
        return [
            home,
            *(replace(o, room=home.room + turn, **same) for turn, o in enumerate(beside, 1)),
        ]

    # --- Noise -------------------------------------------------------------------------------

    def heard(self, text: str, chance: float) -> str:
        return "".join(HEARD.get(c, c) if self.rng.random() < chance else c for c in text)

    def mistyped(self, number: str, chance: float) -> str:
        if not number or self.rng.random() >= chance:
            return number
        place = self.rng.randrange(1, len(number) - 1)
        kind = self.rng.choice(["wrong", "swap", "lost"])
        if kind == "swap":
            return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        wrong = self.rng.choice("0123456789") if kind == "wrong" else ""
        return number[:place] + wrong + number[place + 1 :]

    def written(self, value: int, unit: str) -> str:
        rng = self.rng
        if value <= 99 and rng.random() < 0.25:
            tens, ones = divmod(value, 10)
            said = (("" if tens == 1 else NUMERALS[tens]) + "十" if tens else "") + (
                NUMERALS[ones] if ones else ""
            )
            return said + unit
        return f"{value}{unit}"

    def road(self, home: Home) -> str:
        """The street or village, sometimes without the number."""
        rng, name = self.rng, self.heard(home.road, 0.06)
        if name.endswith("村"):
            name = rng.choice([name, name, name, f"{name}委会", name[:-1]])
        return name + (self.written(home.number, "号") if rng.random() < 0.9 else "")

    def estate(self, home: Home) -> str:
        """The estate under one of its names, with block and room."""
        rng, name = self.rng, home.estate
        ending = next((one for one in ENDINGS if name.endswith(one)), "")
        if rng.random() < 0.2:
            name = name.removesuffix(ending) + rng.choice(ENDINGS)
        where = self.heard(name, 0.06) if rng.random() < 0.85 else ""
        if rng.random() < 0.9:
            where += self.written(home.block, rng.choice(["栋", "幢", "号楼", "座"]))
        return where + f"{home.room}{rng.choice(['室', '房', ''])}"

    def address(self, home: Home) -> str:
        rng = self.rng
        front = rng.choice(["广东省肇庆市四会市", "肇庆市四会市", "四会市", "", "肇庆四会"])
        town = self.heard(home.town, 0.06) if rng.random() < 0.7 else ""
        road = self.road(home)
        if not home.estate:
            return front + town + road
        estate, draw = self.estate(home), rng.random()
        if draw < 0.08:
            return f"{estate}（{front}{town}{road}）"
        if draw < 0.14:
            return f"{front}{town}{estate}，{road}"
        if draw < 0.2:
            return f"{front}，{town}，{road}，{estate}"
        return front + town + (road if rng.random() < 0.92 else "") + estate

    def name(self, home: Home) -> str:
        rng, draw = self.rng, self.rng.random()
        if draw < 0.12:
            return home.name[0] + rng.choice(["先生", "女士"])
        if draw < 0.18:
            return ""
        if draw < 0.22:
            # Written down wrongly: another sign, or one lost.
            place = rng.randrange(len(home.name))
            return home.name[:place] + rng.choice([rng.choice(GIVEN), ""]) + home.name[place + 1 :]
        return self.heard(home.name, 0.12)

    # --- Cases -------------------------------------------------------------------------------

    def said(self, trouble: str) -> str:
        rng = self.rng
        return rng.choice(SAID[trouble]).format(when=rng.choice(WHEN)) + rng.choice(ENDS)

    def call(
        self, home: Home, trouble: str, source: str, at: datetime, matter: int, said: str = ""
    ) -> None:
        rng = self.rng
        category = rng.choice(CATEGORY[source][trouble])
        has_phone, has_account = (
            rng.random() < 0.85,
            rng.random() < (0.9 if source == "95598" else 0.55),
        )
        if not has_phone and not has_account and rng.random() < 0.7:
            has_phone = True
        relative = rng.random() < 0.07
        name = home.kin if relative else self.name(home)
        phone = home.kin_phone if relative else home.phone
        tells_net = rng.random() < (0.8 if source == "95598" else 0.25)
        fields = {
            "channel": "phone_95598" if source == "95598" else "phone",
            "nature": NATURE.get(category, "complaint"),
            "category": category,
            "organisation": home.company if rng.random() < 0.9 else "CSG-GD",
            "complainant_name": name,
            "complainant_phone": self.mistyped(phone, 0.04) if has_phone else "",
            "account_no": self.mistyped(home.account, 0.04) if has_account else "",
            "address": self.address(home) if rng.random() < 0.93 else "",
            "feeder": home.feeder if tells_net else "",
            "transformer_area": home.area if tells_net else "",
            "content": said or self.said(trouble),
        }
        self.calls.append(Call(source, matter, fields, at))

    def trouble(
        self, home: Home, trouble: str, at: datetime, *, both: bool, said: str = ""
    ) -> None:
        """A matter: an order at 95598, often a complaint at 12398 within the next days.

        Some call 12398 first, and 95598 some hours after. Left out where the same household had
        the same trouble not long before or after: then it would be one matter.
        """
        before = self.troubles.setdefault((home.account, trouble), [])
        if any(abs(at - other) < APART for other in before):
            return
        before.append(at)
        self.matters += 1
        self.call(home, trouble, "95598", at, self.matters, said)
        if both:
            rng = self.rng
            later = timedelta(hours=rng.choice([3, 10, 30, 60, 120, 240]) * rng.random())
            if rng.random() < 0.2:
                later = -timedelta(hours=6 * rng.random())
            self.call(home, trouble, "12398", at + later, self.matters, said)

    def day(self) -> datetime:
        return self.start + timedelta(minutes=self.rng.randrange(0, 40 * 24 * 60))

    def fill(self, streets: int) -> Town:
        rng = self.rng
        for _turn in range(streets):
            homes = self.street()
            for home in homes:
                self.trouble(home, rng.choice(TROUBLES), self.day(), both=rng.random() < 0.5)
            # One outage of the whole street: neighbours tell the same, each for themselves.
            dark = self.day()
            for home in rng.sample(homes, min(len(homes), 3)):
                at = dark + timedelta(minutes=rng.randrange(0, 240))
                self.trouble(home, "outage", at, both=rng.random() < 0.6)
            # Neighbours on one landing agreed what to say, and say it word for word.
            kind = rng.choice(TROUBLES)
            noon, agreed = self.day(), self.said(kind)
            for home in self.landing(rng.choice(homes)):
                at = noon + timedelta(minutes=rng.randrange(0, 360))
                self.trouble(home, kind, at, both=rng.random() < 0.5, said=agreed)
            # The same household again: with another trouble soon, and with the same much later.
            home = rng.choice(homes)
            first = self.day()
            one, other = rng.sample(TROUBLES, 2)
            self.trouble(home, one, first, both=True)
            self.trouble(
                home, other, first + timedelta(days=rng.randint(1, 5)), both=rng.random() < 0.5
            )
            self.trouble(
                home, one, first + timedelta(days=rng.randint(25, 70)), both=rng.random() < 0.5
            )
        return self

    def pairs(self) -> set[frozenset[int]]:
        """Places of calls (in ``calls``) that belong together."""
        by_matter: dict[int, list[int]] = {}
        for place, call in enumerate(self.calls):
            by_matter.setdefault(call.matter, []).append(place)
        return {
            frozenset((a, b))
            for some in by_matter.values()
            for i, a in enumerate(some)
            for b in some[i + 1 :]
        }
