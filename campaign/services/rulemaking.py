"""An office lays down rules for its territory, with the day from which they count (S1-1.1.3a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import rules
from campaign.models import RuleSheet
from campaign.scope import works_for
from core import audit, clock
from core.errors import Refused


def lay_down_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not lay down rules for the office; empty when they may."""
    if not organisation.is_regulator:
        return _("监管细则由监管机构制定。")
    if not works_for(by, Permission.CAMPAIGN_MANAGE, organisation):
        return _("由%(name)s的人员制定。") % {"name": organisation}
    return ""


@transaction.atomic
def lay_down_rules(
    *,
    organisation: Organisation,
    valid_from: date,
    values: Mapping[str, int],
    document_number: str,
    by: User,
    now: datetime,
    note: str = "",
) -> RuleSheet:
    """Lay down the rules of an office from a day on; they replace those before as a whole.

    A sheet whose day has not come may be written anew; one that counts already may not. Raises
    ``Refused``.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if why_not := lay_down_refusal(organisation, by=by):
        raise Refused(why_not)
    today = clock.day_of(now)
    if valid_from < today:
        raise Refused(_("启用日期不能早于今天。"))
    if not document_number.strip():
        raise Refused(_("请填写依据文号。"))
    if unknown := sorted(set(values) - rules.keys()):
        raise Refused(_("没有这些规则：%(keys)s。") % {"keys": "、".join(unknown)})
    standing = RuleSheet.objects.filter(organisation=organisation, valid_from=valid_from).first()
    if standing is not None and valid_from <= today:
        raise Refused(_("当日起执行的细则已经生效，请另定启用日期。"))
    sheet, created = RuleSheet.objects.update_or_create(
        organisation=organisation,
        valid_from=valid_from,
        defaults={
            "values": dict(values),
            "document_number": document_number.strip(),
            "note": note.strip(),
            "set_by": by,
            "set_at": now,
        },
    )
    audit.record(
        "rules.lay_down" if created else "rules.revise",
        sheet,
        by=by,
        now=now,
        organisation=organisation,
        reason=note.strip(),
        document_number=document_number,
        valid_from=valid_from.isoformat(),
        values=dict(values),
    )
    return sheet
