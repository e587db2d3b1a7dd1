"""The copy of a case for the unit that handles it (转办件): what it needs, and nothing else.

Never the reporter of a report, nor whoever asked to stay unknown: not even for a stated purpose.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Case
from complaints.presenting import clock_rows
from complaints.queries import Labels
from complaints.workflow import DONE, TICKING, keeps_secret
from core import clock, masking, watermark
from core.officialdoc import Block, Document, Heading, Paragraph, Table

CONTACT = ("complainant_name", "complainant_phone", "address", "account_no")


def document_of(
    case: Case, user: User, *, now: datetime, contact: dict[str, str] | None = None
) -> Document:
    """The copy. ``contact``: the complainant in full, where a purpose was stated and it is allowed;
    otherwise only the masked address stands in it."""
    mark = watermark.of(user, now=now)
    nature = Labels().of("nature", case.nature, at=case.received_at)
    title = _("关于办理%(number)s号%(nature)s的转办件") % {"number": case.number, "nature": nature}
    blocks: list[Block] = [
        Table([_("事项"), _("内容")], _facts(case, nature), title=_("诉求情况")),
        Heading(1, _("反映内容")),
        *(Paragraph(line) for line in (case.content or _("（无）")).splitlines() if line.strip()),
    ]
    blocks += _people(case, contact)
    blocks += _demands(case, now)
    return Document(
        issuer=case.owner.name,
        title=title,
        date=clock.day_of(now),
        addressee=case.holder.name if case.holder_id != case.owner_id else "",
        blocks=blocks,
        note=_("%(mark)s，仅供办理使用，不得转给他人") % {"mark": mark},
        keywords={_("导出"): mark},
        sealed=False,
    )


def _facts(case: Case, nature: str) -> list[tuple[str, Any]]:
    labels = Labels()
    rows = [
        (_("编号"), case.number),
        (_("性质"), nature),
        (_("受理时间"), clock.written(case.received_at)),
        (_("业务类别"), labels.of("category", case.category, at=case.received_at)),
        (_("紧急程度"), labels.of("urgency", case.urgency, at=case.received_at)),
        (_("被反映单位"), case.organisation.name if case.organisation else ""),
        (_("地区"), case.region.name if case.region else ""),
        (_("线路"), case.feeder),
        (_("台区"), case.transformer_area),
    ]
    return [(label, value) for label, value in rows if value]


def _people(case: Case, contact: dict[str, str] | None) -> list[Block]:
    """Whom to speak to, as far as the handling needs it and it is allowed."""
    # Such a copy names nobody, whoever takes it.
    if keeps_secret(case):
        text = _("诉求人信息依法保密，不随件提供；需要核实的，通过首接单位联系。")
        return [Heading(1, _("诉求人")), Paragraph(text)]
    labels = (_("姓名"), _("联系电话"), _("用电地址"), _("户号"))
    if contact is None:
        shown = {"address": masking.mask("address", case.address)}
    else:
        shown = {name: contact[name] for name in CONTACT}
    rows = [
        (label, shown[name]) for name, label in zip(CONTACT, labels, strict=True) if shown.get(name)
    ]
    if not rows:
        return []
    return [Table([_("事项"), _("内容")], rows, title=_("诉求人"))]


def _demands(case: Case, now: datetime) -> list[Block]:
    """By when, and what has to come back."""
    found: list[Block] = [Heading(1, _("办理要求"))]
    if case.state not in DONE:
        found += [
            Paragraph(
                _("%(clock)s：最迟%(due)s。")
                % {"clock": row["title"], "due": clock.written(row["clock"].due_at)}
            )
            for row in clock_rows(case, now=now)
            if row["clock"].state in TICKING
        ]
    found.append(Paragraph(_("请核实处理，在平台上答复办理结果；对诉求人的信息负保密责任。")))
    return found
