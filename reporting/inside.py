"""What the companies' reports hold, for the board and the page of groups (S1-5.1.3c to g)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.inside import Column, GroupLists
from campaign.models import Campaign, Duty
from campaign.presenting import Shown
from campaign.workflow import DutyState
from reporting import parts
from reporting.figures.contents import GROUP, has_head
from reporting.models import Filing, FilingVersion, Review


def report_parts(duties: Sequence[Duty], user: User, today: date) -> list[Column]:
    """A column for every part that the companies' reports must hold; drafts stay unseen."""
    asked = [duty for duty in duties if duty.organisation.is_company and duty.definition.parts]
    codes = list(dict.fromkeys(code for duty in asked for code in duty.definition.parts))
    if not codes:
        return []
    filed = _filed(asked, user)
    lacking = _lacking(filed)
    columns = []
    for number, part in enumerate(parts.in_force(codes, on=today), start=1):
        cells = {
            duty.pk: _shown(duty, filed.get(duty.pk), part.code, lacking.get(duty.pk, set()))
            for duty in asked
            if part.code in duty.definition.parts
        }
        note = _("报告第%(number)d部分") % {"number": number}
        columns.append(Column(f"part-{part.code}", part.title, note, cells))
    return columns


def _filed(duties: Sequence[Duty], user: User) -> dict[int, FilingVersion]:
    """What last left each company, by duty, as far as the person may see it."""
    seen = Filing.objects.visible_to(user).filter(duty__in=duties, filed_version__isnull=False)
    return {filing.duty_id: filing.filed_version for filing in seen.select_related("filed_version")}


def _lacking(filed: dict[int, FilingVersion]) -> dict[int, set[str]]:
    """Parts that the reviewer of the version sent back, by duty."""
    by_version = {version.pk: duty for duty, version in filed.items()}
    returned = Review.objects.filter(
        version__in=by_version, decision=Review.Decision.RETURNED
    ).order_by("at")
    return {
        by_version[review.version_id]: {item["part"] for item in review.deficient}
        for review in returned
    }


def _shown(duty: Duty, version: FilingVersion | None, code: str, lacking: set[str]) -> Shown:
    if duty.state in (DutyState.EXEMPTED, DutyState.WITHDRAWN):
        return Shown("pause", _("免报"), "")
    if version is None:
        return Shown("pause", _("未报"), "")
    rows = len(version.rows(code))
    note = _("%(count)d行") % {"count": rows} if rows else ""
    if duty.state == DutyState.ACCEPTED:
        return Shown("done", _("已通过"), note)
    if duty.state == DutyState.RETURNED and code in lacking:
        return Shown("late", _("需补正"), note)
    return Shown("ok", _("已报"), note)


def group_lists(campaign: Campaign, user: User) -> GroupLists:
    """Companies whose report names a group with its head, as the stage report counts them."""
    duties = [
        duty
        for duty in Duty.objects.visible_to(user)
        .filter(definition__campaign=campaign)
        .select_related("definition")
        if GROUP in duty.definition.parts
    ]
    filings = Filing.objects.visible_to(user).filter(duty__in=duties, filed_version__isnull=False)
    found = {filing.duty_id: filing for filing in filings.select_related("filed_version")}
    lacking = _lacking({pk: filing.filed_version for pk, filing in found.items()})
    told = {
        duty.organisation_id: reverse("reporting:filing", args=[found[duty.pk].pk])
        for duty in duties
        if duty.pk in found
        and GROUP not in lacking.get(duty.pk, set())
        and has_head(found[duty.pk].filed_version)
    }
    free = (DutyState.EXEMPTED, DutyState.WITHDRAWN)
    return GroupLists(told, frozenset(d.organisation_id for d in duties if d.state in free))
