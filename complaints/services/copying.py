"""Copies of cases that leave the portal: each with a trace, in full only for a purpose."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints.models import Case
from complaints.services.notes import reveal
from complaints.workflow import keeps_secret
from core import audit, masking
from core.errors import Refused


def slip_refusal(case: Case, user: User) -> str:
    """Why the person may not take a copy for the handling unit; empty when they may."""
    if case.disposed_at is not None:
        return _("该诉求的个人信息已经处置，不能再制作转办件。")
    mine = any(works_for(user, Permission.CASE_VIEW, unit) for unit in (case.owner, case.holder))
    office = any(place.is_regulator for place in workplaces(user, Permission.CASE_VIEW))
    return "" if mine or office else _("转办件由首接单位、承办单位和监管机构制作。")


@transaction.atomic
def take_slip(
    case: Case, *, with_contact: bool, purpose: str, by: User, now: datetime
) -> dict[str, str] | None:
    """Note that a copy was taken; the complainant in full where asked for. Raises ``Refused``."""
    if why_not := slip_refusal(case, by):
        raise Refused(why_not)
    if with_contact and keeps_secret(case):
        raise Refused(_("举报、匿名或者要求保密的诉求，转办件不附诉求人信息。"))
    audit.record(
        "case.slip", case, by=by, now=now, organisation=case.owner, with_contact=with_contact
    )
    return reveal(case, purpose=purpose, by=by, now=now) if with_contact else None


def take_list(*, count: int, purpose: str, by: User, now: datetime) -> None:
    """Note that a list was taken with personal data in full. Raises ``Refused``."""
    if not by.can(Permission.CASE_REVEAL):
        raise Refused(_("您没有查看诉求人信息的权限。"))
    if len(purpose.strip()) < masking.PURPOSE_LENGTH:
        raise Refused(
            _("导出完整信息须说明用途（至少 %(length)d 个字）。")
            % {"length": masking.PURPOSE_LENGTH}
        )
    reason = masking.mask_text(purpose.strip())
    audit.record("personal.export", None, by=by, now=now, reason=reason, count=count)
