"""What the organisations of a replay write into their reports: invented, the same for one seed."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from typing import Any

from accounts.models import Organisation
from core import charts, officialdoc
from reporting.parts import ROW_KEY

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = (
    "清源",
    "明远",
    "思齐",
    "若谷",
    "怀瑾",
    "望岳",
    "知微",
    "景行",
    "乐山",
    "佩兰",
    "云帆",
    "沛然",
)
COMMITMENTS = (
    "城市居民用户供电可靠率不低于99.9%，农村居民用户不低于99.5%。",
    "供电设施计划检修停电，提前7天向社会公告。",
    "抢修到达现场平均时间：城区45分钟，农村90分钟，边远地区2小时。",
    "居民用户欠费结清后24小时内恢复供电。",
    "保障性住房用电报装开辟绿色通道，专人跟踪办理。",
    "受理居民用电申请后，2个工作日内答复供电方案。",
)
TASKS = (
    ("有序用电方案监督执行", "输供电监管处"),
    ("停限电信息发布监督", "输供电监管处"),
    ("计量与收费检查", "价格与财务监管处"),
    ("保障性住房报装接电督导", "输供电监管处"),
    ("投诉举报受理与回访", "稽查处"),
    ("示范点督导推动", "综合处"),
)


@dataclass
class Upload:
    """A file that a part asks for, with the row it belongs to (its first column's value)."""

    name: str
    content: bytes
    row: str = ""
    caption: str = ""


@dataclass
class Answer:
    """The content of one part."""

    rows: list[dict[str, Any]] | None = None
    text: str | None = None
    files: list[Upload] = field(default_factory=list)


class Writer:
    """Writes the parts of one organisation's reports; the same seed writes the same words."""

    def __init__(self, organisation: Organisation, *, seed: int, on: date) -> None:
        self.organisation, self.on, self.seed = organisation, on, seed
        self.rng = random.Random(f"{seed}/{organisation.code}")

    def answer(self, part: str, *, weak: bool = False) -> Answer:
        """The content of a part; a weak one is what a reviewer would send back."""
        answer: Answer = getattr(self, part)(weak)
        for number, row in enumerate(answer.rows or []):
            # Rows carry a key of their own; a drawn one would tell two equal replays apart.
            mark = f"{self.seed}/{self.organisation.code}/{part}/{number}"
            row[ROW_KEY] = hashlib.sha256(mark.encode()).hexdigest()[:12]
        return answer

    def person(self) -> str:
        return self.rng.choice(SURNAMES) + self.rng.choice(GIVEN)

    def phone(self) -> str:
        return "13800" + f"{self.rng.randrange(10**6):06d}"

    def day_before(self, days: int) -> str:
        return (self.on - timedelta(days=self.rng.randrange(1, days))).isoformat()

    # --- parts of the companies' start-up report (S1-5.1.3c to g) ---------------------------------

    def leading_group(self, weak: bool) -> Answer:
        posts = [("总经理", "组长", "公司领导"), ("副总经理", "副组长", "公司领导")]
        posts += [("主任", "成员", d) for d in ("市场营销部", "生产技术部", "系统运行部", "农电部")]
        names = self.rng.sample([s + g for s in SURNAMES for g in GIVEN], len(posts))
        return Answer(
            rows=[
                {"name": n, "post": p, "duty": d, "department": unit, "phone": self.phone()}
                for n, (p, d, unit) in zip(names, posts, strict=True)
            ]
        )

    def demonstration_points(self, weak: bool) -> Answer:
        region = self.organisation.region
        place = region.name if region else self.organisation.short_name
        kinds = [("示范区县", "优质服务示范区"), ("示范点", "供电优质服务示范点")]
        return Answer(
            rows=[
                {
                    "name": f"{self.organisation.short_name}{title}",
                    "kind": kind,
                    "region": place,
                    "person": self.person(),
                    "post": "主要负责人",
                    "phone": self.phone(),
                }
                for kind, title in kinds
            ]
        )

    def implementation_plan(self, weak: bool) -> Answer:
        text = (
            f"{self.organisation.name}成立专项行动领导小组，按照“一个维护、四个保障、六个落实”的要求，"
            "逐项明确责任部门、责任人和完成时间，"
            "分启动部署、自查整改、迎检整改、总结提高四个阶段推进。"
        )
        return Answer(text=text, files=[self.document("专项行动实施方案", text)])

    def service_commitments(self, weak: bool) -> Answer:
        chosen = self.rng.sample(COMMITMENTS, 2 if weak else 4)
        places = ["营业窗口"] if weak else ["门户网站", "营业窗口", "报纸", "广播电视"]
        return Answer(
            rows=[
                {
                    "item": item,
                    "published_where": (place := places[number % len(places)]),
                    "published_on": self.day_before(10),
                    "url": self.source_of(place),
                }
                for number, item in enumerate(chosen)
            ]
        )

    def source_of(self, place: str) -> str:
        if place == "门户网站":
            return f"https://{self.organisation.code.lower()}.grid.example/service"
        return f"{self.on:%Y年%m月}上旬 第2版" if place == "报纸" else ""

    def windows(self, weak: bool) -> Answer:
        count = self.rng.randrange(3, 7)
        rows = [
            {
                "name": f"{self.organisation.short_name}第{number}营业厅",
                "address": f"{self.organisation.region.name}供电路{number * 10}号",
                "shows_12398": not (weak and number == count),
                "shows_95598": True,
                "posted_on": self.day_before(12),
            }
            for number in range(1, count + 1)
        ]
        photos = [
            Upload(f"{row['name']}公示照片.png", self.photo(row), row["name"], "现场公示照片")
            for row in rows
        ]
        return Answer(rows=rows, files=photos)

    # --- parts of the regulator's own duties (S1-5.1.1, 2, 4, 5) ----------------------------------

    def consultation_records(self, weak: bool) -> Answer:
        met = [
            ("2011-11-01", "广东省经济和信息化委员会", "地方政府部门", "会议"),
            ("2011-11-03", "广西壮族自治区工业和信息化委员会", "地方政府部门", "走访"),
            ("2011-11-04", "海南省工业和信息化厅", "地方政府部门", "走访"),
            ("2011-11-07", "中国南方电网公司及各省（区）电网公司", "电网企业", "会议"),
        ]
        keys = ("held_on", "party", "party_kind", "way")
        outcome = "同意工作方案总体安排，建议突出居民生活用电保障和保障性住房报装接电。"
        return Answer(rows=[{**dict(zip(keys, m, strict=True)), "outcome": outcome} for m in met])

    def campaign_groups(self, weak: bool) -> Answer:
        rows = []
        for group in ("专项行动领导小组", "联合行动工作领导小组"):
            units = [self.organisation.name] * 3
            if group.startswith("联合"):
                units[1:] = ["中国南方电网公司", "广西水利电业集团有限公司"]
            for duty, unit in zip(("组长", "副组长", "成员"), units, strict=True):
                person = {"name": self.person(), "unit": unit, "post": "负责同志", "duty": duty}
                rows.append({"group": group, **person, "phone": self.phone()})
        return Answer(rows=rows)

    def meeting_record(self, weak: bool) -> Answer:
        return Answer(
            rows=[
                {
                    "held_on": "2011-11-18",
                    "place": "广州",
                    "chair": self.organisation.name,
                    "units": "云南电监办、贵州电监办、五省（区）电网公司、广西水利电业集团有限公司",
                    "attendance": 86,
                    "summary": "传达统一部署，安排四个阶段任务，明确11月25日前报告启动部署情况。",
                }
            ]
        )

    def issued_plan(self, weak: bool) -> Answer:
        row = {
            "document_number": "南电监供电〔2011〕186号",
            "title": "关于印发南方区域开展居民用电服务质量监管专项行动工作方案的通知",
            "issued_on": "2011-11-18",
            "recipients": "云南电监办、贵州电监办，五省（区）电网公司，广西水利电业集团有限公司",
        }
        return Answer(rows=[row], files=[self.document("监管专项行动工作方案", row["title"])])

    def assurance_plan(self, weak: bool) -> Answer:
        text = (
            "从组织、人员、经费、督导四方面保障专项行动实施，局领导分片联系，处室按任务落实责任。"
        )
        return Answer(text=text, files=[self.document("专项行动保障方案", text)])

    def responsibility_matrix(self, weak: bool) -> Answer:
        return Answer(
            rows=[
                {"task": task, "leader": self.person(), "post": "局领导", "department": unit}
                for task, unit in TASKS
            ]
        )

    def leader_visits(self, weak: bool) -> Answer:
        row = {
            "visited_on": "2011-11-28",
            "point": "广东肇庆四会供电局",
            "leader": self.person(),
            "post": "主要领导",
            "findings": "示范点方案已制定，窗口已公示两条热线，低电压台区改造计划不够具体。",
            "requests": "一个月内列出低电压台区清单和完成时间，按月报告进展。",
        }
        return Answer(rows=[row])

    def upward_report(self, weak: bool) -> Answer:
        text = "南方区域专项行动已按统一部署启动，各省（区）电网企业启动部署情况详见阶段报告。"
        return Answer(text=text, files=[self.document("启动部署情况报告", text)])

    # --- files ------------------------------------------------------------------------------------

    def document(self, title: str, text: str) -> Upload:
        """A short official document of the organisation."""
        made = officialdoc.to_docx(
            officialdoc.Document(
                issuer=self.organisation.name,
                title=title,
                date=self.on,
                blocks=[officialdoc.Heading(1, "总体要求"), officialdoc.Paragraph(text)],
                signer=self.organisation.name,
            )
        )
        return Upload(f"{self.organisation.short_name}{title}.docx", made)

    def photo(self, row: dict[str, Any]) -> bytes:
        """A drawn picture that stands for the photo of a hall's notice board."""
        lines = [row["name"]]
        lines += ["监管热线 12398"] if row["shows_12398"] else []
        lines += ["供电服务热线 95598"]
        texts = "".join(
            f'<text x="160" y="{70 + 44 * place}" font-size="22" text-anchor="middle" '
            f'fill="#0b4f9e">{escape(line)}</text>'
            for place, line in enumerate(lines)
        )
        drawn = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="220">'
            '<rect width="320" height="220" fill="#eef3f8"/><rect x="16" y="16" width="288" '
            f'height="188" fill="#fff" stroke="#0b4f9e" stroke-width="3"/>{texts}</svg>'
        )
        return charts.png_of(drawn, 320, 220, scale=1.0)


def as_stream(upload: Upload) -> io.BytesIO:
    stream = io.BytesIO(upload.content)
    stream.name = upload.name
    return stream
