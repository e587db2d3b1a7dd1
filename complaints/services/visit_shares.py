"""How many cases are called back: set by those who lead, from a day on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import VisitShare
from core import audit, clock
from core.errors import Refused


@transaction.atomic
def set_share(
    organisation: Organisation, *, share: int, valid_from: date, by: User, now: datetime
) -> VisitShare:
    """Lay down the share for cases received from a day on. Raises ``Refused``."""
    if not works_for(by, Permission.CASE_APPROVE, organisation):
        raise Refused(_("回访比例由本单位负责人设定。"))
    if not 1 <= share <= 100:
        raise Refused(_("回访比例须在1到100之间。"))
    if valid_from < clock.day_of(now):
        raise Refused(_("启用日期不能早于今天：以前受理的诉求按当时的比例回访。"))
    made, _new = VisitShare.objects.update_or_create(
        organisation=organisation,
        valid_from=valid_from,
        defaults={"share": share, "set_by": by, "set_at": now},
    )
    audit.record(
        "case.visit_share",
        organisation,
        by=by,
        now=now,
        organisation=organisation,
        share=share,
        valid_from=valid_from.isoformat(),
    )
    return made
