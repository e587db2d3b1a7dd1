"""Briefings for government: drafted from the figures, reported by a second person with a number."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Refused
from reporting import briefings
from reporting.models import SupplyBriefing

if TYPE_CHECKING:
    from accounts.models import User

State = SupplyBriefing.State


def draft_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not draft briefings of a unit; empty when they may."""
    if organisation.is_company and works_for(by, Permission.FILING_DRAFT, organisation):
        return ""
    return _("供需报告由供电单位具有“填报”权限的人员编制。")


def issue_refusal(briefing: SupplyBriefing, *, by: User) -> str:
    """Why the person may not report it; empty when they may."""
    if briefing.state != State.DRAFT:
        return _("已经报出。")
    if not works_for(by, Permission.FILING_CERTIFY, briefing.organisation):
        return _("供需报告由本单位具有“企业复核认证并报送”权限的人员报出。")
    if briefing.edited_by_id == by.pk:
        return _("编制人不能报出自己编制的报告，请由另一人办理。")
    return "" if briefing.advice.strip() else _("请先填写工作建议。")


@transaction.atomic
def draft(
    organisation: Organisation,
    *,
    first_day: date,
    last_day: date,
    addressee: str,
    advice: str,
    by: User,
    now: datetime,
) -> SupplyBriefing:
    """Count the figures anew and keep the advice; what is reported stays. Raises ``Refused``."""
    if why_not := draft_refusal(organisation, by=by):
        raise Refused(why_not)
    if last_day < first_day:
        raise Refused(_("截止日期不能早于起始日期。"))
    if first_day > clock.day_of(now):
        raise Refused(_("起始日期不能晚于今天。"))
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    key = {"organisation": organisation, "first_day": first_day, "last_day": last_day}
    key |= {"addressee": addressee.strip()}
    found = SupplyBriefing.objects.filter(**key).first()
    if found is not None and found.state != State.DRAFT:
        raise Refused(_("该期间的报告已经报出。"))
    made = found or SupplyBriefing(**key)
    made.content = briefings.count(organisation, first_day, last_day, now=now)
    made.advice = masking.mask_text(advice.strip())
    made.edited_by, made.edited_at = by, now
    made.save()
    audit.record("briefing.draft", made, by=by, now=now, organisation=organisation)
    return made


@transaction.atomic
def issue(briefing: SupplyBriefing, *, by: User, now: datetime) -> SupplyBriefing:
    """A second person reports it under the company's next number. Raises ``Refused``."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=briefing.organisation_id)
    found = (
        SupplyBriefing.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=briefing.pk)
    )
    if why_not := issue_refusal(found, by=by):
        raise Refused(why_not)
    year = now.astimezone(clock.ZONE).year
    mark = found.organisation.document_prefix or found.organisation.short_name
    prefix = f"{mark}供需〔{year}〕"
    given = SupplyBriefing.objects.filter(
        organisation=found.organisation, document_number__startswith=prefix
    )
    found.document_number = f"{prefix}{given.count() + 1}号"
    found.state, found.issued_by, found.issued_at = State.ISSUED, by, now
    found.save(update_fields=["document_number", "state", "issued_by", "issued_at"])
    number = found.document_number
    audit.record(
        "briefing.issue", found, by=by, now=now, organisation=found.organisation, number=number
    )
    return found
