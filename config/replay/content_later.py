"""What is written after the first stage: self-inspection, inspections, summing up."""

from __future__ import annotations

from datetime import date

from config.replay.content import Answer, Writer

FIRST_STAGE_ENDS = date(2011, 11, 30)
# What a company finds out about itself, and what it does about it.
FOUND = (
    ("停电公告提前天数不足", "停电计划与公告同步审批，不公告不停电"),
    ("个别台区冬季电压偏低", "列入配变增容计划，先调整三相负荷"),
    ("欠费停电通知签收不全", "通知双签收，系统未登记不得停电"),
    ("保障性住房报装个别环节超期", "设专人跟踪，逐日通报"),
    ("电能表轮换进度偏慢", "按台区排定轮换计划，每月通报"),
    ("农村抢修到达时间偏长", "增设抢修点，配齐车辆"),
)
WEAK = 1


class Narrator(Writer):
    """Writes the later parts; those of the first stage as before."""

    # --- 五(二), 五(四)1: the companies -----------------------------------------------------------

    def self_inspection_report(self, weak: bool) -> Answer:
        found = self.rng.sample(FOUND, WEAK if weak else 3)
        told = "；".join(f"{fault}，已{mended}" for fault, mended in found)
        text = f"{self.organisation.name}对照专项行动要求逐项自查，发现的主要问题：{told}。"
        return Answer(text=text, files=[self.document("自查整改情况报告", text)])

    def summary_report(self, weak: bool) -> Answer:
        fault, mended = self.rng.choice(FOUND)
        text = (
            f"{self.organisation.name}按期完成各阶段任务，自查和检查发现的问题逐项整改。"
            f"以“{fault}”为重点，{mended}，居民投诉明显减少。"
        )
        text += "" if weak else "下一步健全制度，把专项行动的做法固定为日常管理。"
        return Answer(text=text, files=[self.document("专项行动总结报告", text)])

    # --- 五(三), 五(四)2: the offices -------------------------------------------------------------

    def upward_report(self, weak: bool) -> Answer:
        if self.on <= FIRST_STAGE_ENDS:
            return super().upward_report(weak)
        text = (
            f"{self.organisation.name}在企业自查整改的基础上组织专项检查，随机抽取检查单位和检查人员，"
            "检查发现的问题列入整改台账，逐项督促整改、核查销号。"
        )
        return Answer(text=text, files=[self.document("专项行动情况报告", text)])

    def experience_summary(self, weak: bool) -> Answer:
        return Answer(
            text="一是把随机抽查与专项稽查结合起来，检查单位、检查人员现场抽取，过程留痕。"
            "二是问题列入台账，由第二人核查销号，到期回头看，防止整改走过场。"
            "三是12398与95598联动，热线反映的集中问题及时转为检查线索。"
        )

    def mechanism_proposals(self, weak: bool) -> Answer:
        return Answer(
            text="一是建立居民用电服务随机抽查制度，由各派出机构每年组织。"
            "二是建立整改台账和回头看制度，由企业负责整改、派出机构负责核查。"
            "三是定期公布供电可靠率、电压合格率和投诉处理情况，由派出机构按季发布。"
        )

    def issued_plan(self, weak: bool) -> Answer:
        if self.on <= FIRST_STAGE_ENDS:
            return super().issued_plan(weak)
        row = {
            "document_number": f"南电监供电〔{self.on.year}〕{self.rng.randrange(150, 200)}号",
            "title": "居民用电服务质量监管专项行动监管报告",
            "issued_on": self.on.isoformat(),
            "recipients": "云南电监办、贵州电监办，五省（区）电网公司，广西水利电业集团有限公司",
        }
        return Answer(rows=[row], files=[self.document("监管报告", row["title"])])
