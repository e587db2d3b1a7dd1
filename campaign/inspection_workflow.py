"""The life of an inspection and of a finding: states, and why a move may be refused. Pure.

Source: campaign plan 三(六)1, 五(三) (S1-3.3.6(1)a, S1-5.3a); 电力监管条例 第二十四条、第二十五条.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from campaign.models import Finding, Inspection


class InspectionState(TextChoices):
    PLANNED = "planned", _("待通知")
    ANNOUNCED = "announced", _("已通知")
    ON_SITE = "on_site", _("现场检查")
    FACTS = "facts", _("待确认事实")
    CONCLUDED = "concluded", _("已作结论")
    CANCELLED = "cancelled", _("已取消")


class FindingState(TextChoices):
    DRAFT = "draft", _("草拟")
    SENT = "sent", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    OBJECTED = "objected", _("有异议")
    UPHELD = "upheld", _("异议不成立")
    DROPPED = "dropped", _("不予认定")


@dataclass(frozen=True)
class Step:
    """One act on an inspection: what it is called and from which states it may be done."""

    name: str
    label: str
    sources: tuple[str, ...]


S = InspectionState
ANNOUNCE = Step("announce", _("发出检查通知"), (S.PLANNED,))
RECORD = Step("record", _("登记现场检查"), (S.ANNOUNCED, S.ON_SITE, S.FACTS, S.CONCLUDED))
FIND = Step("find", _("提出检查发现"), (S.ON_SITE,))
SEND_FACTS = Step("send_facts", _("送交确认事实"), (S.ON_SITE,))
CONCLUDE = Step("conclude", _("作出检查结论"), (S.FACTS,))
CANCEL = Step("cancel", _("取消检查"), (S.PLANNED, S.ANNOUNCED))
STEPS = (ANNOUNCE, RECORD, FIND, SEND_FACTS, CONCLUDE, CANCEL)

F = FindingState
# What stands as a problem, and what waits for somebody.
STANDING = (F.CONFIRMED, F.UPHELD)
OPEN_FINDINGS = (F.SENT, F.OBJECTED)


def step_refusal(step: Step, inspection: Inspection) -> str:
    """Why the inspection's state does not allow the act; empty when it does."""
    if inspection.state in step.sources:
        return ""
    return _t("该检查处于“%(state)s”状态，不能%(act)s。") % {
        "state": InspectionState(inspection.state).label,
        "act": step.label,
    }


def answer_refusal(finding: Finding) -> str:
    """Why the inspected side cannot answer; empty when it can."""
    return "" if finding.state == F.SENT else _t("该问题不在待确认状态。")


def decide_refusal(finding: Finding, *, overdue: bool) -> str:
    """Why nobody can decide on the finding: it is answered first, or its days are over."""
    if finding.state == F.OBJECTED or (finding.state == F.SENT and overdue):
        return ""
    if finding.state == F.SENT:
        return _t("被检查单位的答复期限未满。")
    return _t("该问题已有结果。")
