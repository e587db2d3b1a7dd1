"""Letters about items of the rectification ledger: number, unit and date, never free text."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import RectificationEntry, RectificationItem
from campaign.notifications import chinese_date
from campaign.rectification_workflow import ItemMove
from core.letters import Letters, to_person

A = ItemMove


def item_url(item: RectificationItem) -> str:
    return reverse("campaign:rectification_item", args=[item.pk])


def happened(item: RectificationItem, entry: RectificationEntry, to: User) -> Letters:
    """Something was done with the item that calls upon the reader."""
    act = entry.act
    words: dict[str, Any] = {
        "number": item.number,
        "act": ItemMove(act).label,
        "unit": item.unit.name,
        "regulator": item.regulator.name,
        "source": item.get_source_kind_display(),
        "due": chinese_date(item.due_at),
    }
    return to_person(
        key=f"rectification-{item.pk}-{entry.pk}-{to.pk}",
        kind=f"rectification.{act}",
        to=to,
        subject=_("整改事项%(number)s：%(act)s") % words,
        body=_body(act) % words,
        url=item_url(item),
    )


def reminder(item: RectificationItem, kind: str, to: User) -> Letters:
    """The day comes near (``reminder``) or has passed (``overdue``)."""
    words = {"number": item.number, "unit": item.unit.name, "due": chinese_date(item.due_at)}
    late = kind == "overdue"
    subject = _("整改事项%(number)s逾期") if late else _("整改事项%(number)s即将到期")
    body = (
        _("%(unit)s的整改事项%(number)s期限为%(due)s，已经逾期，请立即整改并报告。")
        if late
        else _("%(unit)s的整改事项%(number)s期限为%(due)s，请按期完成整改并报告。")
    )
    return to_person(
        key=f"rectification-{item.pk}-{kind}-{item.due_at:%Y%m%d%H%M}-{to.pk}",
        kind=f"rectification.{kind}",
        to=to,
        subject=subject % words,
        body=body % words,
        url=item_url(item),
    )


def _body(act: str) -> str:
    if act == A.OPENED:
        return _(
            "%(regulator)s已将%(unit)s的一项问题（来源：%(source)s）列入整改台账，编号%(number)s。请于%(due)s前完成整改，并先行落实措施、责任单位和责任人。"
        )
    if act == A.REPORT:
        return _("%(unit)s报告整改事项%(number)s已经完成，请核查。")
    if act == A.URGE:
        return _("%(regulator)s催办整改事项%(number)s（期限%(due)s），请抓紧整改并填报进展。")
    if act == A.REOPEN:
        return _("整改事项%(number)s重新整改，请于%(due)s前完成。原因见平台。")
    if act == A.ASK_EXTENSION:
        return _("%(unit)s申请整改事项%(number)s延期，请审批。")
    return _("整改事项%(number)s：%(act)s，整改期限%(due)s，详见平台。")
