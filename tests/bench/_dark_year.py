"""A year of outages in some counties, for measuring the detection. Shares no code with it.

Truth is known by construction: every outage that happens is drawn first, then who calls about it,
then what the company makes known. Around the unannounced ones stand announced ones with callers of
their own, faults that the company makes known afterwards, single households in trouble, storms with
very many of them, people who call again and again, who complain of outages of days before, or whose
light only flickers. Lines and transformer areas are misspelt or missing, streets have several
transformers, notices name other places at the same time, are cancelled, come too late, or come too
late and are dated back.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUSEHOLDS = 60
NAMES = ["城东", "城西", "河口", "新塘", "石岗", "龙潭", "白云", "南门", "北岭", "东湖", "西江"]
NAMES += ["大沙", "松山", "横沥", "沙田", "黄岗", "江口", "马房"]
HAMLETS = ["贞山", "龙甫", "地豆", "威整", "罗源", "迳口", "大旺", "下茆", "石狗", "黄田"]
HAMLETS += ["江谷", "东城", "城中", "鼎湖", "莲花"]
STREETS = ["光明路", "和平街", "解放路", "新兴街", "人民路", "东风大道", "育才巷", "水厂路"]
STREETS += ["沿江路", "建设路", "民乐村", "上岗村", "塘边村", "向阳小区", "翠湖花园", "朝阳街"]
STREETS += ["福田村", "桥头村", "广场路", "学前街", "工业大道", "永兴街", "富民小区"]
DARK = [
    "家里停电了",
    "整栋楼停电，什么时候来电",
    "村里突然断电",
    "没电一个多小时了",
    "跳闸送不上，家里没有电",
]
DARK += [
    "停电了，没看到通知",
    "今早开始停电，冰箱里的东西要坏了",
    "全村无电",
    "楼道和家里都停电",
    "又停电了",
]
ODD = ["电灯全不亮", "家里黑了", "电送不上来"]
PAST = [
    "昨天停电没有提前通知",
    "上周停了一天电，没人解释",
    "前天晚上停电到半夜，要求说明原因",
    "这个月停电好多次",
]
PAST += ["上礼拜停电，鱼死了要求赔偿", "最近频繁停电"]
OTHER = ["电压低，空调带不动", "灯一闪一闪的", "电表走得快", "电线杆歪了", "电费对不上"]


@dataclass(frozen=True)
class Spot:
    """A transformer area: its line, its name, and the streets of its households."""

    unit: str
    feeder: str
    area: str
    streets: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """One call as it is written down, and the outage that it is about (-1: none)."""

    at: datetime
    unit: str
    caller: str
    feeder: str
    area: str
    address: str
    text: str
    category: str
    outage: int


@dataclass(frozen=True)
class Paper:
    """One notice as the company files it."""

    unit: str
    kind: str
    start: datetime
    end: datetime
    published_at: datetime
    lines: tuple[str, ...]
    areas: tuple[str, ...]
    area: str
    cancelled: bool = False
    # When the portal had it, where that is later than what it says of itself.
    filed_at: datetime | None = None


@dataclass
class Outage:
    """Power off at some spots; ``announced``: people could know."""

    number: int
    spots: list[Spot]
    start: datetime
    end: datetime
    announced: bool
    callers: set[str] = field(default_factory=set)


@dataclass
class Year:
    """Everything that is drawn from one seed."""

    seed: int
    start: datetime
    units: int = 12
    lines: int = 10
    areas: int = 10
    calls: list[Told] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.later = random.Random(f"{self.seed} dated back")
        self.spots = [spot for unit in range(self.units) for spot in self._county(unit)]
        self.by_line: dict[tuple[str, str], list[Spot]] = {}
        for spot in self.spots:
            self.by_line.setdefault((spot.unit, spot.feeder), []).append(spot)

    def _county(self, unit: int) -> list[Spot]:
        rng, path = self.rng, f"0001000{unit // 3 + 1}000{unit % 3 + 1}"
        found = []
        for name in rng.sample(NAMES, self.lines):
            hamlets = rng.sample(HAMLETS, 4)
            for number in range(self.areas):
                area = f"{rng.choice(hamlets)}{name}{number + 1}号台区"
                streets = tuple(rng.sample(STREETS, rng.choice((1, 1, 2))))
                found.append(Spot(path, f"10kV{name}线", area, streets))
        return found

    def fill(self) -> Year:
        counties = sorted({spot.unit for spot in self.spots})
        for unit in counties:
            self._works(unit, 70)
            self._faults(unit, 60)
            self._storms(unit, 5)
            self._unannounced(unit, 26)
            self._singles(unit, 900)
            self._others(unit, 500)
        self.calls.sort(key=lambda call: call.at)
        return self

    # --- Outages ---

    def _works(self, unit: str, count: int) -> None:
        """Announced works, with some callers all the same; some end late."""
        for _turn in range(count):
            begin = self._moment(hours=(7, 8, 8, 9, 13))
            end = begin + timedelta(hours=self.rng.choice((3, 5, 8, 10)))
            spots = self._reach(unit)
            ended = end
            if self.rng.random() < 0.1:
                ended += timedelta(minutes=self.rng.randrange(15, 100))
            outage = self._outage(spots, begin, ended, announced=True)
            told = begin - timedelta(days=self.rng.choice((1, 3, 7, 8, 9)))
            self._paper(spots, "planned", begin, end, told)
            self._dark(outage, self.rng.choice((0, 0, 1, 2, 4, 9)))

    def _faults(self, unit: str, count: int) -> None:
        """Faults that the company makes known within hours."""
        for _turn in range(count):
            begin = self._moment()
            end = begin + timedelta(minutes=self.rng.randrange(40, 420))
            spots = self._reach(unit)
            outage = self._outage(spots, begin, end, announced=True)
            told = begin + timedelta(minutes=self.rng.randrange(5, 240))
            self._paper(spots, "fault", begin, end, told)
            self._dark(outage, self._many())

    def _unannounced(self, unit: str, count: int) -> None:
        for _turn in range(count):
            begin = self._moment(hours=tuple(range(6, 23)))
            end = begin + timedelta(minutes=self.rng.randrange(60, 600))
            spots = self._reach(unit)
            if self._dark_already(spots, begin, end):
                continue
            outage = self._outage(spots, begin, end, announced=False)
            self._misleading(outage)
            self._dated_back(outage)
            self._dark(outage, self._many())

    def _dark_already(self, spots: list[Spot], begin: datetime, end: datetime) -> bool:
        """Whether power is off there anyway: it cannot go off twice."""
        margin = timedelta(hours=3)
        return any(
            one.start - margin < end and begin < one.end + margin and set(one.spots) & set(spots)
            for one in self.outages
        )

    def _misleading(self, outage: Outage) -> None:
        """Notices that look as if they told of it."""
        spots, begin, end = outage.spots, outage.start, outage.end
        match self.rng.randrange(8):
            case 0:
                # Works on another line at the same time.
                unit = spots[0].unit
                lines = [key for key in self.by_line if key[0] == unit]
                others = [key for key in lines if key[1] != spots[0].feeder]
                elsewhere = self.by_line[self.rng.choice(others)]
                self._paper(elsewhere, "planned", begin, end, begin - timedelta(days=8))
            case 1:
                self._paper(spots, "planned", begin, end, begin - timedelta(days=8), cancelled=True)
            case 2:
                # Announced for another day.
                away = timedelta(days=self.rng.choice((-3, -2, 2, 3)))
                told = begin - timedelta(days=12)
                self._paper(spots, "planned", begin + away, end + away, told)
            case 3:
                # Announced when it was over.
                self._paper(spots, "planned", begin, end, end + timedelta(hours=2))

    def _dated_back(self, outage: Outage) -> None:
        """Of one in four the company files a notice once it is off, as if it had been announced a
        week before. Drawn apart, so that the year is the same with and without."""
        if self.later.random() < 0.25:
            told = outage.start - timedelta(days=8)
            filed = outage.start + timedelta(minutes=self.later.randrange(5, 600))
            begin, end = outage.start, outage.end
            self._paper(outage.spots, "planned", begin, end, told, filed_at=filed)

    def _storms(self, unit: str, count: int) -> None:
        """An evening of many single troubles and some faults that are made known."""
        for _turn in range(count):
            begin = self._moment(hours=(15, 17, 19))
            for _house in range(self.rng.randrange(10, 30)):
                self._single(unit, begin + timedelta(minutes=self.rng.randrange(240)))
            for _fault in range(3):
                off = begin + timedelta(minutes=self.rng.randrange(180))
                back = off + timedelta(minutes=self.rng.randrange(60, 500))
                spots = self._reach(unit)
                outage = self._outage(spots, off, back, announced=True)
                told = off + timedelta(minutes=self.rng.randrange(20, 400))
                self._paper(spots, "fault", off, back, told)
                self._dark(outage, self._many())

    def _outage(
        self, spots: list[Spot], begin: datetime, end: datetime, *, announced: bool
    ) -> Outage:
        made = Outage(len(self.outages), spots, begin, end, announced)
        self.outages.append(made)
        return made

    def _reach(self, unit: str) -> list[Spot]:
        """One transformer area, several of a line, or the whole line."""
        line = self.rng.choice([key for key in self.by_line if key[0] == unit])
        spots = self.by_line[line]
        part = self.rng.random()
        if part < 0.6:
            return [self.rng.choice(spots)]
        return self.rng.sample(spots, self.rng.randrange(2, 6)) if part < 0.85 else list(spots)

    def _many(self) -> int:
        """How many households call: mostly a handful, seldom very many."""
        return 1 + min(40, int(self.rng.lognormvariate(1.7, 0.8)))

    def _moment(self, hours: tuple[int, ...] = tuple(range(24))) -> datetime:
        day = timedelta(days=self.rng.randrange(3, 362))
        minute = timedelta(hours=self.rng.choice(hours), minutes=self.rng.randrange(60))
        return self.start + day + minute

    # --- Papers ---

    def _paper(
        self,
        spots: list[Spot],
        kind: str,
        begin: datetime,
        end: datetime,
        told: datetime,
        *,
        cancelled: bool = False,
        filed_at: datetime | None = None,
    ) -> None:
        whole = len(spots) == self.areas
        # Of a whole line some notices name every transformer area all the same.
        by_area = not whole or (self.later if filed_at else self.rng).random() < 0.3
        streets = sorted({street for spot in spots for street in spot.streets})
        self.papers.append(
            Paper(
                unit=spots[0].unit,
                kind=kind,
                start=begin,
                end=end,
                published_at=told,
                lines=tuple(sorted({spot.feeder for spot in spots})),
                areas=tuple(spot.area for spot in spots) if by_area else (),
                area="、".join(streets),
                cancelled=cancelled,
                filed_at=filed_at,
            )
        )

    # --- Calls ---

    def _dark(self, outage: Outage, count: int) -> None:
        """So many households of the outage call while it lasts, most of them soon."""
        lasts = (outage.end - outage.start).total_seconds() / 60
        for _turn in range(count):
            spot = self.rng.choice(outage.spots)
            after = min(self.rng.expovariate(1 / 45) + self.rng.randrange(2, 15), lasts)
            house = f"{spot.area}/{self.rng.randrange(HOUSEHOLDS)}"
            text = self.rng.choice(ODD) if self.rng.random() < 0.05 else self.rng.choice(DARK)
            at = outage.start + timedelta(minutes=after)
            self._call(spot, house, at, text, self._category(), outage.number)
            outage.callers.add(house)
            if self.rng.random() < 0.15:
                again = at + timedelta(minutes=self.rng.randrange(10, 90))
                self._call(spot, house, again, "还没来电", self._category(), outage.number)
        for _turn in range(self.rng.choice((0, 0, 0, 1, 2))):
            spot = self.rng.choice(outage.spots)
            later = outage.start + timedelta(hours=self.rng.randrange(20, 60))
            house = f"{spot.area}/{self.rng.randrange(HOUSEHOLDS)}"
            self._call(spot, house, later, self.rng.choice(PAST), "outage_notice", -1)

    def _singles(self, unit: str, count: int) -> None:
        for _turn in range(count):
            self._single(unit, self._moment(hours=tuple(range(6, 24))))

    def _single(self, unit: str, at: datetime) -> None:
        """Trouble in one house: others have light."""
        spot = self.rng.choice([one for one in self.spots if one.unit == unit])
        house = f"{spot.area}/{self.rng.randrange(HOUSEHOLDS)}"
        for turn in range(self.rng.choice((1, 1, 1, 1, 2, 3))):
            again = at + timedelta(minutes=40 * turn)
            self._call(spot, house, again, self.rng.choice(DARK), "lv_fault", -1)

    def _others(self, unit: str, count: int) -> None:
        """Other troubles, some of them filed as an outage."""
        spots = [one for one in self.spots if one.unit == unit]
        for _turn in range(count):
            spot = self.rng.choice(spots)
            house = f"{spot.area}/{self.rng.randrange(HOUSEHOLDS)}"
            text = self.rng.choice(OTHER + PAST)
            category = self.rng.choice(("lv_fault", "quality_fault", "outage_repair", "billing"))
            self._call(spot, house, self._moment(hours=tuple(range(8, 21))), text, category, -1)

    def _category(self) -> str:
        return self.rng.choice(("lv_fault", "lv_fault", "hv_fault", "outage_repair"))

    def _call(
        self, spot: Spot, house: str, at: datetime, text: str, category: str, outage: int
    ) -> None:
        """As the agent writes it: what is known of the net, sometimes wrongly."""
        known = self.rng.random()
        feeder = self._spelt(spot.feeder) if known < 0.8 else ""
        area = self._spelt(spot.area) if known < 0.62 or 0.8 <= known < 0.88 else ""
        street = spot.streets[int(house.rpartition("/")[2]) % len(spot.streets)]
        address = f"四会市{street}{self.rng.randrange(1, 200)}号" if self.rng.random() < 0.9 else ""
        told = Told(at, spot.unit, house, feeder, area, address, text, category, outage)
        self.calls.append(told)

    def _spelt(self, name: str) -> str:
        """A name as somebody types it."""
        match self.rng.randrange(20):
            case 0:
                return name.replace("10kV", "10千伏")
            case 1:
                return name.replace("10kV", "").replace("号台区", "#公变")
            case 2:
                return name.replace("10kV", "10KV ").replace("号", "＃")
            case 3:
                # Heard wrongly.
                spot = self.rng.randrange(len(name))
                return name[:spot] + self.rng.choice("东西南北中") + name[spot + 1 :]
        return name
