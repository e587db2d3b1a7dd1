"""What an issued bulletin had wrong is said by a bulletin of its own; the first stays as it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, masking
from core.errors import Refused
from reporting.bulletins.making import make
from reporting.models import Bulletin
from reporting.services import bulletins as services
from reporting.services.reports.common import noted
from reporting.workflow import bulletin as workflow

if TYPE_CHECKING:
    from accounts.models import User

MARK = "（更正）"


def correct(
    *, bulletin: Bulletin, note: str, occasion: str, recount: bool, by: User, now: datetime
) -> Bulletin:
    """Begin a correction that names the bulletin which it puts right; it goes its own way.

    ``recount`` takes the figures as they are now, otherwise those of the first stand and words
    follow. The same occasion gives the same correction. Raises ``Refused``.
    """
    first = services.current(bulletin)
    services.check_move(first, workflow.CORRECT, by=by)
    note = noted(note)
    if masking.mask_text(note) != note:
        raise Refused(_("更正说明中有电话、证件号等个人信息，请删除后再提交。"))
    key = f"{first.organisation_id}:{occasion}"
    if found := Bulletin.objects.filter(occasion=key).first():
        return found
    version, made = first.current_version, services.made_of(first)
    if recount:
        made = make(
            first.organisation,
            services.period_of(first),
            style=first.style,
            balance=version.balance,
            now=now,
        )
    begun = Bulletin(
        organisation=first.organisation,
        first_day=first.first_day,
        last_day=first.last_day,
        style=first.style,
        title=first.title if first.title.endswith(MARK) else f"{first.title}{MARK}",
        occasion=key,
        corrects=first,
        correction_note=note,
        created_by=by,
        created_at=now,
    )
    around = services.heads_around(
        first.organisation, begun.title, now, correction=begun.correction
    )
    printed = services.print_out(made, version.remarks, around)
    with transaction.atomic():
        # Pressed twice at once: the second finds the first one's row.
        services.lock(first)
        if found := Bulletin.objects.filter(occasion=key).first():
            return found
        begun.save()
        counted_at = now if recount else version.counted_at
        services.keep(begun, printed, number=1, counted_at=counted_at, by=by, now=now)
        audit.record(
            "bulletin.correct",
            begun,
            by=by,
            now=now,
            reason=note,
            corrects=first.document_number,
        )
    return begun
