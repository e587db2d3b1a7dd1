"""Differences between a record of the government and an archive of ours: who is right.

Source: grid standard 4.3.1 (S2-4.3.1c).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Refused
from core.locking import held
from grids.models import SharedRecord
from grids.services import archives, matching
from grids.sharing.moves import Match

if TYPE_CHECKING:
    from accounts.models import User


def over_refusal(record: SharedRecord, *, on: date) -> str:
    """Why what the other side said may not be used any more; empty while the agreement holds."""
    agreement = record.agreement
    if agreement.stands_on(on):
        return ""
    words = {"number": agreement.number, "last": agreement.last_day}
    text = _("协议%(number)s有效至%(last)s，此后不得再使用对方数据核实差异。")
    return text % words


@transaction.atomic
def settle(
    record: SharedRecord, *, take: list[str], note: str = "", by: User, now: datetime
) -> SharedRecord:
    """Say of each difference who is right: fields in ``take`` become as the other side has them,
    in the others ours hold, with the reason. Raises ``Refused``."""
    record = held(SharedRecord.objects, record.pk, "agreement__company", "archive__organisation")
    company = record.agreement.company
    if not works_for(by, Permission.SHARING_MANAGE, company):
        raise Refused(_("差异由%(company)s核实。") % {"company": company})
    if why_not := over_refusal(record, on=clock.day_of(now)):
        raise Refused(why_not)
    if record.state != Match.CONFLICT or record.archive is None:
        raise Refused(_("该记录没有待核实的差异。"))
    if not set(take) <= set(record.differences):
        raise Refused(_("请选择有差异的字段。"))
    kept = [one for one in record.differences if one not in take]
    text = masking.mask_text(note.strip())[:300]
    if kept and not text:
        raise Refused(_("保留本企业数据的，请写明核实情况。"))
    record.kept = sorted({*record.kept, *kept})
    record.settled_by, record.settled_at, record.note = by, now, text
    record.save()
    audit.record(
        "sharing.settle", record, by=by, now=now, organisation=company, taken=take, kept=kept
    )
    values = {name: record.values[name] for name in take}
    archives.change(record.archive, values, by=by, now=now)
    matching.again([record.archive], [], now=now)
    return SharedRecord.objects.get(pk=record.pk)
