"""Inspections for tests, made by the real services (needs the fixture ``catalogues``)."""

from datetime import date, datetime
from uuid import uuid4

from campaign.models import Checklist, InspectionRound, LegalArticle
from campaign.services import findings, inspecting, inspectors, site_records
from core.clock import ZONE
from tests.factories import accounts
from tests.factories.memory import remembered

# In the middle of the third stage.
NOW = datetime(2012, 7, 16, 9, 30, tzinfo=ZONE)


def organiser(office="SERC-NF"):
    return accounts.member(office, "regulator_officer")


def inspector(office="SERC-NF", *, certificate, by=None, now=NOW):
    """A further officer of an office, on the roster."""
    person = accounts.member(office, "regulator_officer", name=f"检查员{certificate}")
    return inspectors.enrol_inspector(
        person=person,
        office=person.home,
        certificate=certificate,
        by=by or organiser(office),
        now=now,
    )


def checklist():
    return Checklist.objects.get(code="residential-2011")


@remembered
def special(unit="CSG-GD", *, by=None, now=NOW, campaign=None):
    """A special inspection of a company, planned by the South bureau."""
    by = by or organiser()
    return inspecting.open_special(
        organisation=accounts.organisation(unit),
        title="投诉集中专项稽查",
        lead=by.home,
        reason="停电投诉集中",
        first_day=date(2012, 7, 16),
        last_day=date(2012, 8, 31),
        checklist=checklist(),
        campaign=campaign,
        by=by,
        now=now,
    )


@remembered
def announced(unit="CSG-GD", *, by=None, now=NOW, campaign=None):
    """The same with a team of two, announced to the company."""
    by = by or organiser()
    found = special(unit, by=by, now=now, campaign=campaign)
    team = [inspector(certificate=f"A-{unit}-{n}", by=by, now=now) for n in range(2)]
    inspecting.set_team(inspection=found, members=team, leader=team[0], by=by, now=now)
    return inspecting.announce(
        inspection=found,
        notice_number="南电监稽〔2012〕3号",
        first_day=date(2012, 7, 16),
        last_day=date(2012, 7, 20),
        by=by,
        now=now,
    )


def entry(inspection, *, number="1.2", result="fail", by=None, now=NOW, **given):
    """An entry on an item of the checklist."""
    item = inspection.round.checklist.items.get(number=number)
    by = by or inspection.team.get(leads=True).inspector.person
    given = {"kind": "item", "item": item, "result": result, "text": "公告不足七日", **given}
    return site_records.record_entry(
        inspection=inspection, client_id=uuid4(), happened_at=now, by=by, now=now, **given
    )[0]


def finding(inspection, *, by=None, now=NOW, **given):
    """A problem with one entry as evidence, citing the article on outages."""
    given = {
        "problem": "计划检修停电公告不足七日",
        "facts": "抽查20次停电，3次公告不足七日。",
        "happened_on": date(2012, 7, 10),
        "severity": "major",
        "articles": [LegalArticle.objects.get(code="order27-13")],
        "requirement": "建立停电公告复核制度",
        "rectify_on": date(2012, 8, 31),
        **given,
    }
    given.setdefault("evidence", [entry(inspection, by=by, now=now)])
    inspection.refresh_from_db()
    by = by or inspection.team.get(leads=True).inspector.person
    return findings.draft_finding(inspection=inspection, by=by, now=now, **given)


def concentrated(*, by=None, now=NOW, campaign=None):
    """A round of concentrated inspection, nothing drawn yet."""
    by = by or organiser()
    return inspecting.plan_round(
        kind=InspectionRound.Kind.CONCENTRATED,
        title="第三阶段集中检查",
        lead=by.home,
        reason="检查自查整改情况",
        first_day=date(2012, 7, 16),
        last_day=date(2012, 10, 31),
        checklist=checklist(),
        campaign=campaign,
        by=by,
        now=now,
    )
