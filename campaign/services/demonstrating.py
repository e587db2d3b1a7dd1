"""Demonstration units: selected, led, checked month by month, visited.

Source: campaign plan 二(二)5 and 四 (S1-2.2.5, S1-4.1i, S1-4.2b). Named: ``demonstration_naming``.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.territory import regulator_for
from campaign import demonstration_letters as letters
from campaign import demonstration_workflow as workflow
from campaign.demonstration_workflow import acts_for
from campaign.models import (
    Campaign,
    Demonstration,
    DemonstrationCriteria,
    DemonstrationLeader,
    LeaderVisit,
    MonthlyCheck,
    Participant,
)
from campaign.models.demonstration import Met, UnitKind
from campaign.services.convening import readers
from campaign.workflow import CampaignState
from core import audit, clock, files, masking, outbox, sla, workdays
from core.errors import Conflict, Refused

PHOTO_PURPOSE = "demonstration"


@dataclass(frozen=True)
class Leader:
    """Who answers for a unit, or is stationed there, by name and post."""

    name: str
    post: str


def office_of(organisation: Organisation, *, on: date) -> Organisation:
    """The office in charge: the local one of the province (S1-2.2.5c)."""
    return regulator_for(organisation, on)[0]


def founding_refusal(kind: str, organisation: Organisation, *, by: User, on: date) -> str:
    """Why a person may not set up a unit of a kind there; empty when they may.

    Points and areas are chosen by the office in charge of the place; a window by the company, too.
    """
    if not organisation.is_company:
        return _("示范单位应为供电企业。")
    office = office_of(organisation, on=on)
    if acts_for(by, office) or (kind == UnitKind.WINDOW and acts_for(by, organisation)):
        return ""
    return _("%(name)s的示范单位由%(office)s确定。") % {"name": organisation, "office": office}


@transaction.atomic
def found(
    *,
    campaign: Campaign,
    kind: str,
    name: str,
    organisation: Organisation,
    leader: Leader,
    reason: str,
    selected_on: date,
    by: User,
    now: datetime,
    level: str = "",
    government: str = "",
    document_number: str = "",
    stationed: Leader | None = None,
) -> Demonstration:
    """Choose a unit, with who leads it, and draw up its year of checks. Raises ``Refused``."""
    today = clock.day_of(now)
    if campaign.state != CampaignState.LAUNCHED:
        raise Refused(_("专项行动不在实施中。"))
    if why_not := founding_refusal(kind, organisation, by=by, on=today):
        raise Refused(why_not)
    _check_record(campaign, kind, level, government, document_number, selected_on, today)
    criteria = DemonstrationCriteria.objects.on(kind, selected_on)
    if criteria is None:
        raise Refused(_("确定当日没有启用的示范标准。"))
    # One at a time in a campaign: the same name is refused and no fault.
    Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    if campaign.demonstrations.filter(kind=kind, name=name.strip()).exists():
        raise Conflict(_("“%(name)s”已经登记。") % {"name": name.strip()})
    office = office_of(organisation, on=today)
    unit = Demonstration.objects.create(
        campaign=campaign,
        kind=kind,
        level=level if kind == UnitKind.AREA else "",
        name=name.strip(),
        organisation=organisation,
        office=office,
        founder=office if acts_for(by, office) else organisation,
        government=government.strip(),
        criteria=criteria,
        document_number=document_number.strip(),
        reason=reason.strip(),
        selected_on=selected_on,
        selected_by=by,
        selected_at=now,
    )
    if kind == UnitKind.POINT:
        # So that the point's own people see the campaign.
        Participant.objects.get_or_create(
            campaign=campaign,
            organisation=organisation,
            part=Participant.Part.POINT,
            defaults={"supervisor": office},
        )
    for side, one in (("unit", leader), ("office", stationed)):
        if one is not None:
            _seat(unit, side, one, since=selected_on)
    _draw_up(unit, now=now)
    audit.record(
        "demonstration.found",
        unit,
        by=by,
        now=now,
        organisation=unit.founder,
        unit=organisation.code,
        document_number=unit.document_number,
    )
    tell(unit, letters.chosen, organisation, now=now)
    return unit


def _check_record(
    campaign: Campaign,
    kind: str,
    level: str,
    government: str,
    document_number: str,
    selected_on: date,
    today: date,
) -> None:
    if kind not in UnitKind.values:
        raise Refused(_("没有这种示范单位。"))
    if kind == UnitKind.AREA and (not level or not government.strip()):
        raise Refused(_("示范区须填写级别和联合政府部门。"))
    if kind != UnitKind.WINDOW and not document_number.strip():
        raise Refused(_("请填写确定文号。"))
    if not campaign.starts_on <= selected_on <= today:
        raise Refused(_("确定日期应在专项行动开始之后、今天之前。"))


def month_after(day: date, count: int) -> date:
    """The same day so many months later; the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _draw_up(unit: Demonstration, *, now: datetime) -> None:
    """The checks of the year: on the same day of each month, on a day off the next working day."""
    calendar = workdays.calendar(now=now)
    MonthlyCheck.objects.bulk_create(
        MonthlyCheck(unit=unit, number=number, planned_on=planned, **_due(planned, calendar))
        for number in range(1, unit.criteria.checks + 1)
        for planned in [month_after(unit.selected_on, number)]
    )


def _due(planned: date, calendar: workdays.WorkCalendar) -> dict[str, Any]:
    day = calendar.next_workday(planned)
    provisional = calendar.is_provisional(day) or calendar.is_provisional(planned)
    return {"due_at": sla.day_end(day), "due_provisional": provisional}


def recompute_checks(*, now: datetime) -> int:
    """Bring provisional days in line with the calendar that counts now; says how many moved."""
    calendar, moved = workdays.calendar(now=now), 0
    waiting = MonthlyCheck.objects.filter(done_at__isnull=True, due_provisional=True)
    for check in waiting:
        due = _due(check.planned_on, calendar)
        moved += MonthlyCheck.objects.filter(pk=check.pk, done_at__isnull=True).update(**due)
    return moved


def _seat(unit: Demonstration, side: str, leader: Leader, *, since: date) -> DemonstrationLeader:
    if not leader.name.strip() or not leader.post.strip():
        raise Refused(_("请填写负责人姓名和职务。"))
    return DemonstrationLeader.objects.create(
        unit=unit, side=side, name=leader.name.strip(), post=leader.post.strip(), since=since
    )


@transaction.atomic
def appoint_leader(
    *, unit: Demonstration, side: str, leader: Leader, since: date, by: User, now: datetime
) -> DemonstrationLeader:
    """Another leader takes over from a day on; the one before stays on record.

    Raises ``Refused``.
    """
    unit = locked(unit)
    if why_not := workflow.keeping_refusal(unit, by=by):
        raise Refused(why_not)
    if side not in DemonstrationLeader.Side.values:
        raise Refused(_("没有这种职责。"))
    standing = unit.leaders.filter(side=side, until__isnull=True).first()
    if not unit.selected_on <= since <= clock.day_of(now) or (standing and since < standing.since):
        raise Refused(_("起始日期应在确定日期或者前任起始日期之后、今天之前。"))
    if standing is not None:
        standing.until = since
        standing.save(update_fields=["until"])
    made = _seat(unit, side, leader, since=since)
    audit.record("demonstration.lead", unit, by=by, now=now, organisation=unit.founder, side=side)
    return made


@transaction.atomic
def plan_check(*, check: MonthlyCheck, plan: str, by: User, now: datetime) -> MonthlyCheck:
    """Say what a month's check looks at. Raises ``Refused``."""
    check = _locked_check(check, by=by)
    check.plan = plan.strip()[:200]
    check.save(update_fields=["plan"])
    audit.record("demonstration.plan", check, by=by, now=now, organisation=check.unit.founder)
    return check


def record_check(
    *,
    check: MonthlyCheck,
    checked_on: date,
    results: Mapping[str, str],
    remarks: str,
    by: User,
    now: datetime,
    uploads: Iterable[IO[bytes]] = (),
) -> MonthlyCheck:
    """Write down what a check found, criterion by criterion, with photographs.

    The photographs are checked and scanned before any lock is taken. Raises ``files.Rejected``
    for one that may not be kept, ``Refused``, ``Conflict``; then nothing is kept.
    """
    if why_not := workflow.keeping_refusal(check.unit, by=by):
        raise Refused(why_not)
    received = [files.receive(upload, purpose=PHOTO_PURPOSE) for upload in uploads]
    with transaction.atomic():
        check = _locked_check(check, by=by)
        unit = check.unit
        if not _opens(check) <= checked_on <= clock.day_of(now):
            raise Refused(_("检查日期应在上一次计划日期之后、今天之前。"))
        if set(results) != {one["code"] for one in unit.criteria.items} or not (
            set(results.values()) <= set(Met.values)
        ):
            raise Refused(_("请按示范标准逐项填写。"))
        if not remarks.strip():
            raise Refused(_("请填写检查情况。"))
        check.results, check.remarks = dict(results), masking.mask_text(remarks.strip())
        check.checked_on, check.done_at, check.done_by = checked_on, now, by
        fields = ["results", "remarks", "checked_on", "done_at", "done_by"]
        check.save(update_fields=fields)
        for one in received:
            check.photos.add(files.enter(one, by=by, now=now, organisation=unit.founder))
        audit.record(
            "demonstration.check",
            check,
            by=by,
            now=now,
            organisation=unit.founder,
            number=check.number,
            photos=len(received),
            late=now > check.due_at,
        )
        if not acts_for(by, unit.organisation):
            tell(unit, letters.checked, unit.organisation, now=now, check=check)
    return check


def _opens(check: MonthlyCheck) -> date:
    """From when a check may be made: month by month, none before the day planned for the last."""
    before = check.unit.checks.filter(number=check.number - 1).first()
    return before.planned_on if before else check.unit.selected_on


def _locked_check(check: MonthlyCheck, *, by: User) -> MonthlyCheck:
    """The check, locked with its unit, that the person may still write. Raises."""
    unit = locked(check.unit)
    if why_not := workflow.keeping_refusal(unit, by=by):
        raise Refused(why_not)
    check = MonthlyCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    check.unit = unit
    if check.done_at is not None:
        raise Conflict(_("该次检查已经登记。"))
    return check


@transaction.atomic
def log_visit(
    *,
    unit: Demonstration,
    organisation: Organisation,
    leader: Leader,
    since: date,
    until: date,
    seen: str,
    asked: str,
    by: User,
    now: datetime,
) -> LeaderVisit:
    """Enter that a leader of one's office or company was there. Raises ``Refused``."""
    unit = locked(unit)
    if why_not := workflow.keeping_refusal(unit, by=by):
        raise Refused(why_not)
    if organisation.pk not in (unit.office_id, unit.founder_id, unit.organisation_id):
        raise Refused(_("只能登记负责监管机构或者创建单位的领导。"))
    if not unit.selected_on <= since <= until <= clock.day_of(now):
        raise Refused(_("督导日期应在确定日期之后、今天之前。"))
    if not leader.name.strip() or not leader.post.strip() or not seen.strip():
        raise Refused(_("请填写领导姓名、职务和督导情况。"))
    visit = LeaderVisit.objects.create(
        unit=unit,
        organisation=organisation,
        name=leader.name.strip(),
        post=leader.post.strip(),
        since=since,
        until=until,
        seen=masking.mask_text(seen.strip()),
        asked=masking.mask_text(asked.strip()),
        entered_at=now,
        entered_by=by,
    )
    audit.record(
        "demonstration.visit", visit, by=by, now=now, organisation=organisation, days=visit.days
    )
    return visit


def tell(
    unit: Demonstration, wording: Any, organisation: Organisation, *, now: datetime, **more: Any
) -> None:
    """Post letters in some wording to those of an organisation who read them."""
    for person in readers(organisation, now):
        outbox.post_all(wording(unit, person, **more), now=now)


def locked(unit: Demonstration) -> Demonstration:
    """The unit as it stands now, held until the end of the transaction."""
    return (
        Demonstration.objects.select_for_update(of=("self",))
        .select_related("campaign", "organisation", "office", "founder", "criteria")
        .get(pk=unit.pk)
    )
