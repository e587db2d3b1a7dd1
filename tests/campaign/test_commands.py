"""The rehearsal command, the drawings, and deadlines that a new calendar moves."""

import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from campaign import services
from campaign.models import Duty, Reminder
from campaign.services.recomputing import computed, impact
from core import outbox, sla
from core.calendars import publish_version
from core.clock import ZONE, standing_at
from core.models import AuditEvent, Letter
from core.workdays import Day, YearPlan, calendar
from tests.factories import accounts
from tests.factories import campaign as factory
from tests.factories import reporting as filings

EVE = datetime(2011, 11, 24, 8, 0, tzinfo=ZONE)


@pytest.mark.django_db
@pytest.mark.clause("S1-4.1j")
def test_the_rehearsal_lists_what_goes_out_when_to_whom_by_which_rule(catalogues):
    filer = accounts.member("CSG-GD", "company_filer")
    lead = accounts.member("CSG-GD", "company_lead")
    campaign = factory.launched_campaign(executors=["CSG-GD"])
    before = (Reminder.objects.count(), Letter.objects.count(), AuditEvent.objects.count())
    out = io.StringIO()
    with standing_at(EVE):
        call_command("rehearse", campaign=campaign.code, json=True, stdout=out)
    document = json.loads(out.getvalue())
    assert document["count"] == len(document["lines"])
    report = [line for line in document["lines"] if line["about"] == "kickoff-report"]
    assert [(line["when"], line["kind"], line["to"], line["rule"]) for line in report] == [
        ("2011-11-24T09:00:00+08:00", "reminder", filer.username, "before-1"),
        ("2011-11-28T09:00:00+08:00", "reminder", filer.username, "after-1"),
        ("2011-11-30T09:00:00+08:00", "escalation", lead.username, "after-3"),
    ]
    assert report[-1]["rule_text"] == "截止日后3个工作日09:00，发单位负责人"
    after = (Reminder.objects.count(), Letter.objects.count(), AuditEvent.objects.count())
    assert after == before


@pytest.mark.django_db
def test_an_unknown_campaign_is_named(catalogues):
    with pytest.raises(CommandError, match="没有编号或代码为“nowhere”"):
        call_command("rehearse", campaign="nowhere", json=True)


def test_the_drawings_are_those_of_the_code(monkeypatch, tmp_path):
    call_command("draw_workflows", check=True)
    monkeypatch.setattr("config.diagrams.FOLDER", tmp_path)
    with pytest.raises(CommandError, match="图示已过时"):
        call_command("draw_workflows", check=True)


@pytest.fixture
def provisional(catalogues):
    """A report returned at the end of 2026, whose new deadline counts days of a year to come."""
    campaign = factory.launched_campaign(executors=["CSG-GD"])
    filer = accounts.member("CSG-GD", "company_filer")
    duty = factory.duty_at("submitted", campaign=campaign)
    officer = accounts.member("SERC-NF", "regulator_officer")
    returned = datetime(2026, 12, 30, 10, 0, tzinfo=ZONE)
    due = sla.due(returned, sla.Allowance(5, "working_days"), calendar=calendar())
    assert due.provisional
    duty = services.return_duty(
        duty=duty,
        new_due=due,
        by=officer,
        now=returned,
        basis={"start": returned.isoformat(), "value": 5, "unit": "working_days"},
    )
    return duty, filer, returned


@pytest.mark.django_db
def test_a_provisional_deadline_moves_with_the_calendar_and_tells_the_people(provisional):
    """12-31 is a working day; with 1 to 5 January off the other four are 6, 7, 8 and 11."""
    duty, filer, returned = provisional
    keeper = accounts.member("NEA-ROOT", "system_administrator")
    later = returned + timedelta(hours=2)
    days = [Day(date(2027, 1, day), "holiday", "元旦") for day in (1, 4, 5)]
    plan = YearPlan(2027, 1, False, "国务院办公厅通知", tuple(days))
    foreseen = list(impact(calendar(), calendar().with_plan(plan)))
    assert [label for label, *_rest in foreseen] == [str(duty)]
    publish_version(
        year=2027,
        days=days,
        source="国务院办公厅通知",
        announced_on=date(2026, 12, 30),
        reason="公布放假安排",
        by=keeper,
        now=later,
    )
    assert Duty.objects.get(pk=duty.pk).due_at == duty.due_at  # the job has not run yet
    outbox.run_due(now=later)
    moved = Duty.objects.get(pk=duty.pk)
    assert moved.due_at == datetime(2027, 1, 11, 23, 59, 59, tzinfo=ZONE)
    assert not moved.due_provisional
    trace = AuditEvent.objects.get(kind="duty.recompute")
    assert trace.details["new_due_at"].startswith("2027-01-11")
    letter = Letter.objects.get(kind="duty.moved", channel="notice", recipient_id=filer.pk)
    assert "2027年1月11日" in letter.body
    assert services.recompute(now=later) == 0


@pytest.mark.django_db
def test_a_dated_deadline_never_moves_with_a_calendar(catalogues):
    campaign = factory.launched_campaign(executors=["CSG-GD"])
    dates = list(Duty.objects.values_list("pk", "due_at"))
    assert services.recompute(now=factory.LAUNCH + timedelta(days=1)) == 0
    assert list(Duty.objects.values_list("pk", "due_at")) == dates
    assert campaign.definitions.count() == 14


@pytest.mark.django_db
def test_the_tick_and_the_job_are_known_to_every_process():
    assert "campaign.tick" in outbox.ticks()


@pytest.mark.django_db
def test_a_filing_returned_by_rule_moves_too_but_never_before_its_first_deadline(catalogues):
    """Back on Monday 11-21, three working days end on 11-24: the plan's own 11-25 stays."""
    campaign = factory.launched_campaign(executors=["CSG-GD"])
    returned = datetime(2011, 11, 21, 10, 0, tzinfo=ZONE)
    filings.filed(factory.duty(campaign), state="returned", now=returned)
    duty = factory.duty(campaign)
    assert duty.due_basis["unit"] == "working_days"
    assert duty.due_basis["start"].startswith("2011-11-21T10:")
    assert computed(duty, calendar()).due_at == duty.due_at
    # The same on a calendar in which the whole of that week is off.
    days = [Day(date(2011, 11, day), "holiday", "台风") for day in range(22, 26)]
    later = calendar().with_plan(YearPlan(2011, 9, False, "通知", tuple(days)))
    assert computed(duty, later).due_at == datetime(2011, 11, 30, 23, 59, 59, tzinfo=ZONE)
