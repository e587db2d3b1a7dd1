"""Why two cases are proposed as belonging together, in words that give nobody away."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.models import CaseLink

WORDS = {
    "number.cited": gettext_lazy("一方写明了另一方的编号"),
    "account.same": gettext_lazy("户号相同"),
    "account.near": gettext_lazy("户号只差一位，可能录入有误"),
    "account.other": gettext_lazy("户号不同"),
    "phone.same": gettext_lazy("联系电话相同"),
    "phone.near": gettext_lazy("联系电话只差一位，可能录入有误"),
    "phone.other": gettext_lazy("联系电话不同"),
    "name.same": gettext_lazy("诉求人姓名相同"),
    "name.sound": gettext_lazy("诉求人姓名读音相同"),
    "name.near": gettext_lazy("诉求人姓名只差一字"),
    "name.surname": gettext_lazy("诉求人姓氏相同"),
    "name.other": gettext_lazy("诉求人姓名不同"),
    "address.same": gettext_lazy("用电地址相同"),
    "address.partly": gettext_lazy("用电地址相符，一方不完整"),
    "address.street": gettext_lazy("同一道路、小区或村，门牌不详"),
    "address.neighbour": gettext_lazy("同一道路、小区或村，门牌不同"),
    "address.elsewhere": gettext_lazy("用电地址不同"),
    "area.same": gettext_lazy("同一台区"),
    "area.other": gettext_lazy("台区不同"),
    "feeder.same": gettext_lazy("同一线路"),
    "feeder.other": gettext_lazy("线路不同"),
    "unit.same": gettext_lazy("被反映单位相同或者有隶属关系"),
    "unit.other": gettext_lazy("被反映单位不同"),
    "matter.same": gettext_lazy("反映事项同类"),
    "matter.other": gettext_lazy("反映事项不同类"),
    "text.high": gettext_lazy("诉求内容高度相似"),
    "text.some": gettext_lazy("诉求内容部分相似"),
    "text.little": gettext_lazy("诉求内容差别较大"),
    "person.same": gettext_lazy("联系电话或户号相同"),
}


@dataclass(frozen=True)
class Reason:
    """One sentence, and for how many points it counts."""

    text: str
    points: float

    @property
    def speaks_for(self) -> bool:
        return self.points >= 0


def reasons(link: CaseLink) -> list[Reason]:
    """What speaks for and against, strongest first."""
    return [
        Reason(apart(link) if code.startswith("time.") else str(WORDS.get(code, code)), points)
        for code, points in link.reasons
    ]


def apart(link: CaseLink) -> str:
    """How far apart in time the two cases came in."""
    gap = abs(link.a.received_at - link.b.received_at)
    if gap.days:
        return ngettext("受理时间相差 %(days)d 天", "受理时间相差 %(days)d 天", gap.days) % {
            "days": gap.days
        }
    return _("受理时间相差 %(hours)d 小时 %(minutes)d 分") % {
        "hours": gap.seconds // 3600,
        "minutes": gap.seconds % 3600 // 60,
    }
