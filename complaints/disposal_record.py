"""The record of a disposal as a document: what went, how much, by which rule, who, when."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Disposal
from core import clock
from core.officialdoc import Document, Paragraph, Table

# What was counted, by the name under which the service counted it.
LABELS = {
    "cases": gettext_lazy("诉求的姓名、电话、地址、户号、内容和检索词"),
    "caseevent": gettext_lazy("办理记录中的文字"),
    "returnvisit": gettext_lazy("回访记录中的文字"),
    "supervision": gettext_lazy("督办要求和反馈中的文字"),
    "rating": gettext_lazy("诉求人评价意见"),
    "caseattachment": gettext_lazy("附件记录"),
    "casemark": gettext_lazy("用于比对同一诉求人的标记"),
    "files": gettext_lazy("附件文件"),
}


def label_of(name: str) -> str:
    """What a count counts, in words."""
    return str(LABELS.get(name, _("其他关联文字")))


def counts(disposal: Disposal) -> list[tuple[str, int]]:
    """What went and how much, without what was held."""
    merged: dict[str, int] = {}
    for name, count in disposal.gone.items():
        if name != "held":
            merged[label_of(name)] = merged.get(label_of(name), 0) + count
    return list(merged.items())


def document_of(disposal: Disposal) -> Document:
    """The record of a disposal that was carried out. No personal data of complainants."""
    decided = disposal.decided_at
    assert decided is not None
    rule = disposal.rule
    facts = [
        (_("处置单位"), disposal.organisation.name),
        (_("适用范围"), rule.label),
        (_("保存期限"), _("办结后%(years)d年") % {"years": rule.years}),
        (_("依据"), rule.basis),
        (_("办结时间"), _("早于%(day)s") % {"day": f"{disposal.closed_before:%Y-%m-%d}"}),
        (_("拟处置件数"), disposal.proposed_count),
        (_("已处置件数"), disposal.gone.get("cases", 0)),
        (_("因暂缓或者争议保留件数"), disposal.gone.get("held", 0)),
        (_("提出人、时间"), _signed(disposal.proposed_by.name, disposal.proposed_at)),
        (
            _("审批人、时间"),
            _signed(disposal.decided_by.name if disposal.decided_by else "", decided),
        ),
    ]
    intro = _(
        "下列诉求保存期满，经一人提出、另一人审批，其中的个人信息已从数据库、检索词、索引和文件存储中清除。"
        "分类、时间、结论等统计信息保留。"
    )
    return Document(
        issuer=disposal.organisation.name,
        title=_("诉求个人信息处置记录"),
        date=clock.day_of(decided),
        signer=disposal.organisation.name,
        blocks=[
            Paragraph(intro),
            Table([_("事项"), _("内容")], facts, title=_("处置情况")),
            Table([_("处置内容"), _("数量")], counts(disposal), title=_("处置数量")),
        ],
    )


def _signed(name: str, moment: datetime) -> str:
    return f"{name} {moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
