"""People who call two hotlines, for measuring the linkage. Shares no code with the matcher.

Truth is known by construction: a matter is one household's trouble in one week; whatever cases come
of it belong together. Around them stand those that only look alike: neighbours of the same outage,
other households of the same street, the same household with another trouble or much later, people
of the same name elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范"
    "彭马方任袁柳史唐薛雷贺汤罗郝安常于傅康伍余顾孟黄穆萧尹"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志海红梅春"
    "燕文斌晓东佳慧宇浩欣怡俊峰雪琴丹凤林云辉波鹏飞"
)
# Written otherwise by somebody who only heard it.
HEARD = {
    "张": "章",
    "章": "张",
    "王": "汪",
    "汪": "王",
    "李": "黎",
    "陈": "程",
    "杨": "羊",
    "周": "邹",
    "吴": "伍",
    "徐": "许",
    "许": "徐",
    "何": "和",
    "于": "余",
    "余": "于",
    "严": "颜",
    "江": "姜",
    "姜": "江",
    "芳": "方",
    "丽": "莉",
    "静": "婧",
    "敏": "闽",
    "伟": "玮",
    "娟": "捐",
    "艳": "燕",
    "燕": "艳",
    "杰": "捷",
    "超": "抄",
    "明": "铭",
    "玉": "钰",
    "英": "瑛",
    "华": "桦",
    "建": "健",
    "志": "智",
    "红": "虹",
    "梅": "枚",
    "文": "雯",
    "斌": "彬",
    "晓": "小",
    "佳": "嘉",
    "慧": "惠",
    "浩": "皓",
    "俊": "骏",
    "峰": "锋",
    "琴": "勤",
    "辉": "晖",
    "波": "博",
    "鹏": "朋",
    "飞": "菲",
    "光": "广",
    "民": "敏",
    "兴": "星",
    "幸": "杏",
    "福": "富",
    "园": "苑",
    "新": "鑫",
    "和": "河",
    "平": "坪",
    "泰": "太",
    "安": "庵",
    "东": "冬",
    "塘": "堂",
    "岗": "冈",
    "坑": "吭",
    "桥": "侨",
}
TOWNS = [
    "贞山街道",
    "东城街道",
    "城中街道",
    "大沙镇",
    "龙甫镇",
    "地豆镇",
    "威整镇",
    "罗源镇",
    "迳口镇",
    "江谷镇",
]
ROADS = [
    "光明路",
    "兴民路",
    "新华街",
    "和平路",
    "泰安大道",
    "东风路",
    "沿江路",
    "四会大道",
    "振兴街",
    "彩虹路",
    "文化路",
    "车站路",
]
ESTATES = [
    "幸福花园",
    "锦绣家园",
    "东方豪庭",
    "碧水湾小区",
    "金湖苑",
    "阳光城",
    "丽景花园",
    "御景名门",
]
VILLAGES = ["大塘村", "新围村", "上岗村", "石坑村", "下布村", "桥头村", "罗湖村", "高观村"]
NUMERALS = "零一二三四五六七八九十"
TROUBLES = ["outage", "voltage", "bill", "meter", "connect", "manner"]
CATEGORY = {
    "12398": {
        "outage": ["outage_repair", "supply_service"],
        "voltage": ["supply_quality", "supply_service"],
        "bill": ["billing", "supply_service"],
        "meter": ["metering", "supply_service"],
        "connect": ["connection", "supply_service"],
        "manner": ["supply_other", "supply_service"],
    },
    "95598": {
        "outage": ["lv_fault", "emergency_repair", "outage_complaint"],
        "voltage": ["voltage_quality", "quality_complaint"],
        "bill": ["bill_price", "reading_dunning"],
        "meter": ["energy_metering", "meter_abnormal"],
        "connect": ["business_expansion"],
        "manner": ["staff_attitude", "staff_conduct"],
    },
}
NATURE = {"lv_fault": "fault", "meter_abnormal": "service_request"}
SAID = {
    "outage": [
        "家里{when}又停电了，到现在还没有来电，打电话也没人来修。",
        "{when}整栋楼没有电，这个月已经停了好几次，影响老人和小孩生活。",
        "频繁停电，{when}停到半夜，要求供电部门给个说法并尽快解决。",
        "{when}跳闸后一直没恢复，抢修人员迟迟不到现场。",
    ],
    "voltage": [
        "晚上用电高峰电压太低，空调带不动，灯光昏暗，已经反映多次。",
        "电压不稳，灯一闪一闪的，冰箱都烧坏了，希望尽快改造线路。",
        "家中电压长期偏低，电饭锅煮不熟饭，{when}尤其严重。",
    ],
    "bill": [
        "本月电费比平时多出几倍，怀疑多收，要求核查账单。",
        "阶梯电价算得不对，电费突然很高，客服解释不清。",
        "已经交了电费还说欠费，{when}收到催费短信，要求核实。",
    ],
    "meter": [
        "电表转得太快，怀疑计量不准，申请校验一直没有人来。",
        "换了新电能表以后读数不对，抄表员没有到现场看。",
        "电表黑屏不显示，报过一次没有人处理。",
    ],
    "connect": [
        "申请新装电表已经一个多月，还没有接电。",
        "店面增容报装迟迟不批，来回跑了几趟，材料都交齐了。",
        "办理过户以后一直没有装表接电，催了几次没有结果。",
    ],
    "manner": [
        "营业厅工作人员态度恶劣，说话不耐烦，要求道歉。",
        "上门人员推诿不办，服务态度差，还挂电话。",
    ],
}
WHEN = ["昨天晚上", "今天早上", "前天下午", "周末", "夜里", "下午三点左右", "中午"]
ENDS = ["", "请尽快处理。", "要求答复。", "望重视。", "对处理结果不满意。"]


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

    def street(self) -> list[Home]:
        """Some households of one street, fed by one transformer; account numbers in a row."""
        rng = self.rng
        side, sign = rng.choice("东西南北中"), rng.choice("城郊江岭湖")
        feeder = f"10kV{side}{sign}{rng.randint(1, 9)}线"
        area = f"{rng.choice(ROADS + VILLAGES)[:2]}{rng.randint(1, 40)}号公变台区"
        company = rng.choice(["CSG-GD-ZQ", "CSG-GD-ZQ", "CSG-GD-FS", "CSG-GD-ZQ-SH"])
        village = rng.random() < 0.3
        road = rng.choice(VILLAGES if village else ROADS)
        estate = "" if village or rng.random() < 0.4 else rng.choice(ESTATES)
        town, first = rng.choice(TOWNS), rng.randrange(10**11, 9 * 10**11)
        return [
            Home(
                self.person(),
                self.phone(),
                f"03{first + turn * rng.choice([1, 1, 7])}",
                town,
                road,
                rng.randint(1, 120),
                estate,
                rng.randint(1, 20),
                rng.choice([1, 2, 3, 5, 8]) * 100 + rng.randint(1, 6),
                feeder,
                area,
                company,
            )
            for turn in range(rng.randint(3, 6))
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

    def address(self, home: Home) -> str:
        rng = self.rng
        front = rng.choice(["广东省肇庆市四会市", "肇庆市四会市", "四会市", "", "肇庆四会"])
        town = home.town if rng.random() < 0.7 else ""
        road = self.heard(home.road, 0.06)
        where = road + self.written(home.number, "号")
        if home.estate:
            where += self.heard(home.estate, 0.06) if rng.random() < 0.85 else ""
            block = rng.choice(["栋", "幢", "号楼", "座"])
            if rng.random() < 0.9:
                where += self.written(home.block, block)
            where += f"{home.room}{rng.choice(['室', '房', ''])}"
        return front + town + where

    def name(self, home: Home) -> str:
        rng, draw = self.rng, self.rng.random()
        if draw < 0.12:
            return home.name[0] + rng.choice(["先生", "女士"])
        if draw < 0.18:
            return ""
        if draw < 0.25:
            # Somebody else of the household calls.
            return rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        return self.heard(home.name, 0.12)

    # --- Cases -------------------------------------------------------------------------------

    def call(self, home: Home, trouble: str, source: str, at: datetime, matter: int) -> None:
        rng = self.rng
        category = rng.choice(CATEGORY[source][trouble])
        has_phone, has_account = (
            rng.random() < 0.85,
            rng.random() < (0.9 if source == "95598" else 0.55),
        )
        if not has_phone and not has_account and rng.random() < 0.7:
            has_phone = True
        said = rng.choice(SAID[trouble]).format(when=rng.choice(WHEN)) + rng.choice(ENDS)
        tells_net = rng.random() < (0.8 if source == "95598" else 0.25)
        fields = {
            "channel": "phone_95598" if source == "95598" else "phone",
            "nature": NATURE.get(category, "complaint"),
            "category": category,
            "organisation": home.company if rng.random() < 0.9 else "CSG-GD",
            "complainant_name": self.name(home),
            "complainant_phone": self.mistyped(home.phone, 0.04) if has_phone else "",
            "account_no": self.mistyped(home.account, 0.04) if has_account else "",
            "address": self.address(home) if rng.random() < 0.93 else "",
            "feeder": home.feeder if tells_net else "",
            "transformer_area": home.area if tells_net else "",
            "content": said,
        }
        self.calls.append(Call(source, matter, fields, at))

    def trouble(self, home: Home, trouble: str, at: datetime, *, both: bool) -> None:
        """A matter: an order at 95598, often a complaint at 12398 within the next days.

        Left out where the same household had the same trouble not long before or after: then it
        would be one matter.
        """
        before = self.troubles.setdefault((home.account, trouble), [])
        if any(abs(at - other) < APART for other in before):
            return
        before.append(at)
        self.matters += 1
        self.call(home, trouble, "95598", at, self.matters)
        if both:
            later = at + timedelta(
                hours=self.rng.choice([3, 10, 30, 60, 120, 240]) * self.rng.random()
            )
            self.call(home, trouble, "12398", later, self.matters)

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
