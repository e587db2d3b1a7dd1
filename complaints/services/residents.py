"""How many residents a unit serves: entered by the company, corrected only with a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import ResidentUsers
from core import audit, clock, masking
from core.errors import Refused


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why a person may not say how many residents a unit serves; empty: they may."""
    if organisation.is_company and works_for(by, Permission.CASE_HANDLE, organisation):
        return ""
    return _("居民用户数由供电单位或其上级单位登记。")


@transaction.atomic
def enter(
    organisation: Organisation,
    *,
    count: int,
    valid_from: date,
    basis: str,
    correction: str = "",
    by: User,
    now: datetime,
) -> ResidentUsers:
    """From a day on a unit serves so many; again for the day only with why. Raises ``Refused``."""
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    basis, correction = masking.mask_text(basis), masking.mask_text(correction)
    if count < 1:
        raise Refused(_("居民用户数须大于0。"))
    if valid_from > clock.day_of(now):
        raise Refused(_("启用日期不能晚于今天。"))
    standing = ResidentUsers.objects.standing().filter(
        organisation=organisation, valid_from=valid_from
    )
    before = standing.first()
    if before is not None and (before.count, before.basis) == (count, basis):
        # The same once more: the form came twice, and nothing is corrected.
        return before
    if before is not None and not correction:
        raise Refused(_("该日的居民用户数已经登记；更正须填写更正原因。"))
    standing.update(replaced_at=now)
    made = ResidentUsers.objects.create(
        organisation=organisation,
        count=count,
        valid_from=valid_from,
        basis=basis,
        correction=correction if before is not None else "",
        entered_by=by,
        entered_at=now,
    )
    audit.record(
        "residents.correct" if before is not None else "residents.enter",
        made,
        by=by,
        now=now,
        organisation=organisation,
        reason=made.correction,
        count=count,
        before=before.count if before is not None else None,
        valid_from=valid_from.isoformat(),
    )
    return made
