"""What letters are about, in words: the part of their kind before the first dot.

A part is added with the notices of an app; ``tests/config/test_outbox_pages.py`` finds a job
without a word, and the replay of the campaign a letter without one.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

GROUPS: dict[str, Any] = {
    "filing": _("报送材料"),
    "return": _("定期报表"),
    "plan": _("有序用电方案"),
    "duty": _("任务"),
    "reminder": _("限期提醒"),
    "escalation": _("逾期升级"),
    "campaign": _("专项行动"),
    "document": _("印发文件"),
    "meeting": _("会议"),
    "action": _("会议议定事项"),
    "demonstration": _("示范单位"),
    "practice": _("经验材料"),
    "safeguard": _("制度和措施"),
    "note": _("督办、指导意见"),
    "rectification": _("整改"),
    "enforcement": _("执法处理"),
    "inspection": _("检查和稽查"),
    "case": _("诉求"),
    "complaints": _("诉求（后台）"),
    "report": _("监管报告"),
    "bulletin": _("通报"),
    "circular": _("通报"),
    "grid": _("网格"),
    "grids": _("网格（后台）"),
    "register": _("网格台账"),
    "business": _("涉电业务"),
    "claim": _("涉电诉求"),
    "sharing": _("数据共享"),
    "archive": _("客户档案"),
    "special": _("特殊群体"),
    "hazard": _("隐患"),
    "patrol": _("排查、巡视"),
    "servicecheck": _("规范服务检查"),
    "accounts": _("账号"),
    "leak": _("信息泄露报告"),
    "webhook": _("接口推送"),
    "activation": _("有序用电执行"),
    "emergency": _("应急预案"),
    "forecast": _("缺口预测"),
    "reporting": _("报送和指标（后台）"),
    "indicators": _("监管指标"),
    "job": _("后台任务结果"),
    "audit": _("审计核验"),
    "checkup": _("系统自查"),
}


def group(kind: str) -> str:
    """The group of a kind; the kind itself where an app forgot the word."""
    return kind.partition(".")[0]


def word(kind: str) -> str:
    """The label of a letter's group."""
    return str(GROUPS.get(group(kind), kind))
