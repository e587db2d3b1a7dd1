"""What the choices of a template are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaign.models import DutyDefinition, Group, LadderStep, Objective

ANCHORS = (
    ("none", _("固定日期")),
    ("phase_start", _("阶段启动后若干工作日")),
    ("phase_end", _("阶段结束前若干工作日")),
)
PARTIES = (
    ("executors", _("各实施单位")),
    ("issuer", _("发文机关")),
    ("supervisors", _("各负责派出机构")),
)
RECIPIENTS = (
    ("supervisor", _("当地监管机构")),
    ("self", _("承办单位本身")),
    ("national", _("国家监管机构")),
)
COPIES = (("territory", _("按辖区规则抄送")), ("none", _("不抄送")))

# Entry → its choices; "kind" stands in several lists, whose words do not overlap.
CHOICES: dict[str, dict[Any, Any]] = {
    "anchor": dict(ANCHORS),
    "party": dict(PARTIES),
    "recipient": dict(RECIPIENTS),
    "copy": dict(COPIES),
    "audience": dict(LadderStep.Audience.choices),
    "kind": {
        **dict(DutyDefinition.Kind.choices),
        **dict(Objective.Kind.choices),
        **dict(Group.Kind.choices),
    },
}


def word(key: str, value: Any) -> str:
    """A value of an entry as people read it."""
    if isinstance(value, bool):
        return _t("是") if value else _t("否")
    return str(CHOICES.get(key, {}).get(value, value))
