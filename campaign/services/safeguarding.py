"""Systems and measures of enterprises: uploaded by version, sent back, reminded of.

Source: campaign plan 四, 一(一)3 (S1-4.1g, S1-4.1h, S1-1.1.3b).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.territory import regulator_for
from campaign import demonstration_letters as letters
from campaign import safeguards
from campaign.demonstration_workflow import UnitState, acts_for
from campaign.models import (
    Campaign,
    Duty,
    MonthlyCheck,
    Objective,
    Participant,
    Safeguard,
    SafeguardVersion,
)
from campaign.people import people_of
from campaign.rehearsal import Line, register_source
from campaign.services.convening import readers
from campaign.workflow import CampaignState
from core import audit, beats, clock, files, masking, outbox, workdays
from core.errors import Refused
from core.models import Letter

PURPOSE = "safeguard"
ONE_DAY, EVERY = timedelta(days=1), timedelta(minutes=10)


def upload_refusal(
    objective: Objective, organisation: Organisation, duty: Duty | None, *, by: User
) -> str:
    """Why a person may not upload a document of an enterprise; empty when they may."""
    campaign = objective.campaign
    if campaign.state != CampaignState.LAUNCHED:
        return _("专项行动不在实施中。")
    if objective.kind not in safeguards.REQUIRED or objective.parent_id is not None:
        return _("四个保障的制度和六个落实的措施按目标任务逐项上传。")
    if not organisation.is_company or not acts_for(by, organisation):
        return _("由企业上传本单位的制度和措施。")
    parties = Organisation.objects.filter(
        pk__in=campaign.participants.exclude(part=Participant.Part.SUPERVISOR).values(
            "organisation"
        )
    )
    if not any(organisation.path.startswith(one.path) for one in parties):
        return _("%(name)s没有参加这次专项行动。") % {"name": organisation}
    if duty is not None and (
        duty.organisation_id != organisation.pk or duty.definition.campaign_id != campaign.pk
    ):
        return _("所选任务不是该单位在本次专项行动中的任务。")
    return ""


def upload_safeguard(
    *,
    objective: Objective,
    organisation: Organisation,
    title: str,
    issued_on: date,
    summary: str,
    upload: IO[bytes],
    by: User,
    now: datetime,
    document_number: str = "",
    duty: Duty | None = None,
) -> Safeguard:
    """Keep a version of a system or of measures, by choice for a duty that they serve.

    Raises ``files.Rejected`` for a file that may not be kept, ``Refused``; then nothing is kept.
    """
    if why_not := upload_refusal(objective, organisation, duty, by=by):
        raise Refused(why_not)
    if not title.strip() or not summary.strip():
        raise Refused(_("请填写文件名称和主要内容。"))
    if issued_on > clock.day_of(now):
        raise Refused(_("印发日期不能晚于今天。"))
    received = files.receive(upload, purpose=PURPOSE)
    with transaction.atomic():
        # One at a time for an enterprise, so that versions are counted without a gap.
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
        found, _new = Safeguard.objects.get_or_create(
            campaign=objective.campaign, objective=objective, organisation=organisation, duty=duty
        )
        number = found.versions.count() + 1
        SafeguardVersion.objects.create(
            safeguard=found,
            number=number,
            title=title.strip(),
            document_number=document_number.strip(),
            issued_on=issued_on,
            summary=masking.mask_text(summary.strip()),
            file=files.enter(received, by=by, now=now, organisation=organisation),
            uploaded_at=now,
            uploaded_by=by,
        )
        audit.record(
            "safeguard.upload",
            found,
            by=by,
            now=now,
            organisation=organisation,
            node=objective.code,
            version=number,
        )
    return found


def return_refusal(safeguard: Safeguard, *, by: User, on: date) -> str:
    """Why a person may not send a document back; empty when they may."""
    office = regulator_for(safeguard.organisation, on)[0]
    if not acts_for(by, office):
        return _("由%(office)s办理。") % {"office": office}
    return ""


@transaction.atomic
def return_safeguard(*, safeguard: Safeguard, reason: str, by: User, now: datetime) -> Safeguard:
    """Send the last version back as insufficient: the node is open again. Raises ``Refused``."""
    safeguard = (
        Safeguard.objects.select_for_update(of=("self",))
        .select_related("organisation", "objective", "campaign")
        .get(pk=safeguard.pk)
    )
    if why_not := return_refusal(safeguard, by=by, on=clock.day_of(now)):
        raise Refused(why_not)
    if not reason.strip():
        raise Refused(_("请写明退回原因。"))
    last = safeguard.last
    if last.returned_at is not None:
        raise Refused(_("该版本已经退回。"))
    last.returned_at, last.returned_by = now, by
    last.return_reason = masking.mask_text(reason.strip())[:300]
    last.save(update_fields=["returned_at", "returned_by", "return_reason"])
    audit.record(
        "safeguard.return",
        safeguard,
        by=by,
        now=now,
        organisation=safeguard.organisation,
        reason=last.return_reason,
        version=last.number,
    )
    for person in readers(safeguard.organisation, now):
        outbox.post_all(letters.safeguard_returned(last, person), now=now)
    return safeguard


# -- by the clock ----------------------------------------------------------------------------------


def dated(*, now: datetime) -> None:
    """The tick: asked every few seconds, it looks every few minutes."""
    if beats.is_time("campaign.dated", now=now, every=EVERY):
        remind_of_documents(now=now)


def remind_of_documents(*, now: datetime) -> int:
    """Write to enterprises that lack documents, and to who lets a check lie; how many letters.

    Of the steps that are over only the last one: whoever comes late is not reminded thrice.
    """
    sent, calendar = 0, workdays.calendar(now=now)
    for campaign in Campaign.objects.running():
        last: dict[int, safeguards.Occasion] = {}
        for one in safeguards.occasions(campaign, calendar=calendar, until=now):
            if (campaign.launched_at or now) <= one.when:
                last[one.line.organisation.pk] = one
        told = _told(one.key for one in last.values())
        for one in last.values():
            if one.key not in told:
                sent += _remind(one, now=now)
        late = _overdue(campaign, now=now)
        said = _said(late) if late else set()
        founders = {one.unit.founder_id: keepers(one, now) for one in late}
        for check in late:
            people = [
                one for one in founders[check.unit.founder_id] if _key(check, one) not in said
            ]
            sent += _urge(check, people, now=now) if people else 0
    return sent


def _told(keys: Iterable[str]) -> set[str]:
    """Those of some occasions about which somebody was written to; asked once for each step."""
    steps = {key.rpartition("-")[0] for key in keys}
    return {
        f"{step}-{key.removeprefix(f'{step}-').partition('-')[0]}"
        for step in steps
        for key in Letter.objects.filter(
            kind=letters.MISSING, key__startswith=f"{step}-"
        ).values_list("key", flat=True)
    }


@transaction.atomic
def _remind(occasion: safeguards.Occasion, *, now: datetime) -> int:
    people = readers(occasion.line.organisation, now)
    for person in people:
        outbox.post_all(letters.documents_missing(occasion, person), now=now)
    return len(people)


def _overdue(campaign: Campaign, *, now: datetime) -> list[MonthlyCheck]:
    """Checks of a campaign that should have been made the day before at the latest."""
    late = MonthlyCheck.objects.filter(
        unit__campaign=campaign,
        unit__state=UnitState.BUILDING,
        done_at__isnull=True,
        due_at__lt=now,
    ).select_related("unit__campaign", "unit__office", "unit__founder", "unit__organisation")
    return [check for check in late if urged_at(check) <= now]


def urged_at(check: MonthlyCheck) -> datetime:
    """Nine o'clock on the day after the deadline."""
    day = (check.due_at + ONE_DAY).astimezone(clock.ZONE).date()
    return clock.at(day, 9)


def keepers(check: MonthlyCheck, now: datetime) -> list[User]:
    """Who keeps the plan of a unit."""
    founder, on = check.unit.founder, clock.day_of(now)
    if founder.is_company:
        return people_of(founder, Permission.FILING_DRAFT, on=on)
    return people_of(founder, Permission.CAMPAIGN_MANAGE, on=on)


def _key(check: MonthlyCheck, person: User) -> str:
    """How the keys of the letters about an overdue check begin."""
    return f"demonstration-{check.unit_id}-overdue-{check.pk}-{person.pk}"


def _said(late: list[MonthlyCheck]) -> set[str]:
    """The beginnings of the keys of all letters that were written about some checks."""
    units = {check.unit_id for check in late}
    return {
        key.rpartition(":")[0]
        for unit in units
        for key in Letter.objects.filter(
            kind=letters.TOLD, key__startswith=f"demonstration-{unit}-overdue-"
        ).values_list("key", flat=True)
    }


@transaction.atomic
def _urge(check: MonthlyCheck, people: list[User], *, now: datetime) -> int:
    sent = 0
    for person in people:
        for letter in letters.overdue(check, person):
            if not Letter.objects.filter(key=letter["key"]).exists():
                outbox.post(**letter, now=now)
                sent += letter["channel"] == "notice"
    return sent


@register_source
def rehearsed(campaign: Campaign, *, now: datetime) -> list[Line]:
    """The same letters as a rehearsal lists them."""
    calendar = workdays.calendar(now=now)
    found = [
        _line(one, person)
        for one in safeguards.occasions(campaign, calendar=calendar)
        if one.when > now
        for person in readers(one.line.organisation, one.when)
    ]
    left = MonthlyCheck.objects.filter(
        unit__campaign=campaign, unit__state=UnitState.BUILDING, done_at__isnull=True
    ).select_related("unit__founder", "unit__organisation", "unit__campaign", "unit__office")
    for check in left:
        if (when := urged_at(check)) > now:
            found += [_check_line(check, person, when) for person in keepers(check, when)]
    return found


def _line(one: safeguards.Occasion, person: User) -> Line:
    place = one.line.organisation
    return Line(
        when=one.when,
        kind="document",
        to=person.username,
        name=person.name,
        organisation=place.code,
        place=str(place),
        subject=_("上传制度和措施：缺%(count)d项") % {"count": len(one.line.missing)},
        about="safeguards",
        due_at=one.due_at,
        rule=one.rule,
        rule_text=offset_text(one.offset),
        letter=f"{one.key}-{person.pk}",
    )


def _check_line(check: MonthlyCheck, person: User, when: datetime) -> Line:
    return Line(
        when=when,
        kind="document",
        to=person.username,
        name=person.name,
        organisation=check.unit.founder.code,
        place=str(check.unit.founder),
        subject=_("逾期未检查：%(name)s") % {"name": check.unit.name},
        about="demonstration",
        due_at=check.due_at,
        rule="check-overdue",
        rule_text=_("检查期限次日09:00，发检查单位"),
        letter=f"demonstration-{check.unit_id}-overdue-{check.pk}-{person.pk}",
    )


def offset_text(offset: int) -> str:
    """A step in words."""
    if offset < 0:
        return _("截止日前%(days)d个工作日09:00，发填报人员和负责人") % {"days": -offset}
    return _("截止日后%(days)d个工作日09:00，发填报人员和负责人") % {"days": offset}
