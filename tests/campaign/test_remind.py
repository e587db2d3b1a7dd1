"""The reminder ladder: once per person and step, one letter a day, and as rehearsed."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connections

from campaign import services
from campaign.models import Campaign, Reminder
from campaign.rehearsal import rehearse
from core.clock import ZONE
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db


def at(month, day, hour=9, minute=0, year=2011):
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def filer(catalogues):
    return accounts.member("CSG-GD", "company_filer")


@pytest.fixture
def leader(catalogues):
    return accounts.member("CSG-GD", "company_lead")


@pytest.fixture
def campaign(filer, leader):
    return factory.launched_campaign(executors=["CSG-GD"])


# At night phases begin; then the hour before the ladder's, its own, and one after it.
HOURS = (0, 6, 9, 12)


def ticks(start, end):
    now = start
    while now <= end:
        if now.hour in HOURS:
            services.tick(now=now)
        now += timedelta(hours=3)


def told(person):
    rows = Reminder.objects.filter(person=person).select_related("step", "duty__definition")
    return [
        (f"{r.at.astimezone(ZONE):%m-%d %H:%M}", r.duty.definition.code, r.step.code)
        for r in rows.order_by("at", "pk")
    ]


def test_the_rungs_of_the_kickoff_report_fall_on_these_days(campaign, filer, leader):
    """Due Friday 2011-11-25: five working days before is 11-18, one before 11-24,
    one after is Monday 11-28, three after is Wednesday 11-30."""
    ticks(at(11, 10), at(12, 5))
    assert told(filer) == [
        ("11-18 09:00", "kickoff-report", "before-5"),
        ("11-24 09:00", "kickoff-report", "before-1"),
        ("11-28 09:00", "kickoff-report", "after-1"),
    ]
    assert told(leader) == [("11-30 09:00", "kickoff-report", "after-3")]
    mail = Letter.objects.get(kind="escalation", channel="mail")
    assert mail.to == [leader.email]
    assert "贵单位下列任务尚未完成" in mail.body
    assert "2011年11月25日" in mail.body


def test_working_days_skip_the_holidays_of_new_year(campaign, filer):
    """Due 2012-06-01 (Friday): five working days before is 05-25, one before 05-31."""
    ticks(at(5, 20, 9, year=2012), at(6, 1, 9, year=2012))
    codes = [one for one in told(filer) if one[1] == "self-inspection"]
    assert codes == [
        ("05-25 09:00", "self-inspection", "before-5"),
        ("05-31 09:00", "self-inspection", "before-1"),
    ]


def test_the_responsible_person_alone_is_reminded(campaign, filer, leader):
    other = accounts.member("CSG-GD", "company_filer")
    services.assign(
        duty=factory.duty(campaign), department="营销部", person=other, by=leader, now=at(11, 1)
    )
    services.tick(now=at(11, 18))
    assert told(filer) == []
    assert told(other) == [("11-18 09:00", "kickoff-report", "before-5")]


def test_nobody_is_reminded_before_the_hour(campaign, filer):
    services.tick(now=at(11, 18, 8, 59))
    assert not Reminder.objects.exists()


def test_a_second_tick_adds_nothing(campaign, filer):
    services.tick(now=at(11, 18))
    services.tick(now=at(11, 18))
    services.tick(now=at(11, 18, 17))
    assert Reminder.objects.filter(person=filer).count() == 1
    mails = Letter.objects.filter(kind="reminder", channel="mail", recipient_id=filer.pk)
    assert mails.count() == 1


def test_what_is_done_is_not_reminded_of(campaign, filer, leader):
    services.submit_duty(duty=factory.duty(campaign), by=leader, now=at(11, 17))
    ticks(at(11, 17), at(12, 5))
    assert told(filer) == []


def test_one_letter_a_day_lists_several_duties(catalogues):
    officer = accounts.member("SERC-NF", "regulator_officer")
    factory.launched_campaign(by=officer, executors=["CSG-GD"])
    services.tick(now=at(11, 3))  # five working days before 2011-11-10
    letters = Letter.objects.filter(kind="reminder", channel="mail", recipient_id=officer.pk)
    assert letters.count() == 1
    body = letters.get().body
    assert "1. 国家电力监管委员会南方监管局“沟通会商并提出具体工作方案”" in body
    assert "2. 国家电力监管委员会南方监管局“成立专项行动领导小组和联合行动工作领导小组”" in body
    assert Reminder.objects.filter(person=officer).values("letter_key").distinct().count() == 1


def test_without_digest_each_duty_has_its_letter_up_to_the_cap(catalogues):
    officer = accounts.member("SERC-NF", "regulator_officer")
    campaign = factory.launched_campaign(by=officer, executors=["CSG-GD"])
    Campaign.objects.update(reminder_digest=False, letters_per_day=1)
    services.tick(now=at(11, 3))
    assert Reminder.objects.filter(person=officer).count() == 1
    services.tick(now=at(11, 3, 15))
    assert Reminder.objects.filter(person=officer).count() == 1
    services.tick(now=at(11, 4, 8))
    assert Reminder.objects.filter(person=officer).count() == 1
    services.tick(now=at(11, 4, 9))
    assert Reminder.objects.filter(person=officer).count() == 2
    assert campaign.letters_per_day == 1


def test_a_moved_deadline_has_fresh_rungs_and_the_old_ones_never_return(campaign, filer):
    lead = accounts.member("SERC-NF", "regulator_lead")
    ticks(at(11, 17), at(11, 24, 12))
    services.extend(
        duty=factory.duty(campaign),
        due_on=date(2011, 12, 2),
        reason="台风",
        document_number="南电监函〔2011〕12号",
        by=lead,
        now=at(11, 24, 15),
    )
    ticks(at(11, 24, 18), at(12, 6))
    assert told(filer) == [
        ("11-18 09:00", "kickoff-report", "before-5"),
        ("11-24 09:00", "kickoff-report", "before-1"),
        ("11-25 09:00", "kickoff-report", "before-5"),
        ("12-01 09:00", "kickoff-report", "before-1"),
        ("12-05 09:00", "kickoff-report", "after-1"),
    ]


def test_after_an_outage_only_the_last_missed_rung_is_said(campaign, filer, leader):
    services.tick(now=at(11, 17))
    services.tick(now=at(12, 1, 10))
    assert told(filer) == [("12-01 10:00", "kickoff-report", "after-1")]
    assert told(leader) == [("12-01 10:00", "kickoff-report", "after-3")]


def test_a_campaign_that_ended_reminds_nobody(campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    campaign.phases.update(state="closed", opened_at=at(11, 1), closed_at=at(11, 2))
    services.close_campaign(campaign=campaign, by=officer, now=at(11, 2))
    services.tick(now=at(11, 18))
    assert not Reminder.objects.exists()


def test_someone_without_an_address_still_gets_the_notice(campaign, filer):
    type(filer).objects.filter(pk=filer.pk).update(email="")
    services.tick(now=at(11, 18))
    letter = Letter.objects.get(kind="reminder", recipient_id=filer.pk)
    assert letter.channel == "notice"


@pytest.fixture
def region(catalogues):
    """Everybody that a full campaign writes to."""
    for code in ("CSG-GD", "CSG-GX", "CSG-HI", "CSG-YN", "CSG-GZ", "GXSL"):
        accounts.member(code, "company_filer")
        accounts.member(code, "company_lead")
    for code in ("SERC-NF", "SERC-YN", "SERC-GZ"):
        accounts.member(code, "regulator_officer")
        accounts.member(code, "regulator_lead")
    return factory.launched_campaign()


def heard(start):
    rows = Reminder.objects.filter(at__gte=start).select_related(
        "step", "person", "duty__definition", "duty__organisation"
    )
    return {
        (
            r.at.astimezone(ZONE),
            "escalation" if r.step.audience == "leader" else "reminder",
            r.person.username,
            r.duty.organisation.code,
            r.duty.definition.code,
            r.step.code,
        )
        for r in rows
    }


def rehearsed(campaign, now):
    return {
        (line.when.astimezone(ZONE), line.kind, line.to, line.organisation, line.about, line.rule)
        for line in rehearse(campaign, now=now)
        # Systems and measures are reminded of by a tick of their own, see test_safeguards.
        if line.kind != "document"
    }


@pytest.mark.parametrize(("digest", "cap"), [(True, 1), (False, 2)])
def test_the_ticks_send_exactly_what_was_rehearsed(region, digest, cap):
    Campaign.objects.update(reminder_digest=digest, letters_per_day=cap)
    start = at(11, 1, 12)
    expected = rehearsed(region, start)
    # Ticks around the deadlines; between them nothing is due (else the sets would differ).
    for first, last in (
        (start, at(12, 10)),
        (at(5, 24, year=2012), at(6, 12, year=2012)),
        (at(10, 23, year=2012), at(11, 8, year=2012)),
        (at(11, 27, year=2012), at(12, 21, year=2012)),
        (at(12, 23, year=2012), at(1, 10, year=2013)),
    ):
        for day in range((last - first).days + 1):
            # Before the hour and late in the evening too; in the calm weeks, every fifth day.
            for hour in (8, 9, 21) if first == start or day % 5 == 0 else (9,):
                if (now := (first + timedelta(days=day)).replace(hour=hour)) >= start:
                    services.tick(now=now)
    assert heard(start) == expected
    assert len(expected) > 100


def test_rehearsing_in_the_middle_knows_what_was_sent(region):
    ticks(at(11, 15), at(11, 18, 12))
    middle = at(11, 18, 12)
    expected = rehearsed(region, middle)
    before = heard(middle)
    ticks(middle, at(12, 9))
    until = {line for line in expected if line[0] <= at(12, 9)}
    assert heard(middle) == before | until


def test_a_rehearsal_writes_nothing(region):
    def counts():
        return [m.objects.count() for m in (Reminder, Letter, AuditEvent)]

    before = counts()
    assert rehearse(region, now=at(11, 1))
    assert counts() == before


def test_a_draft_can_be_rehearsed_as_if_it_were_launched_now(catalogues):
    accounts.member("CSG-GD", "company_filer")
    draft = factory.draft(executors=["CSG-GD"])
    lines = rehearse(draft, now=factory.LAUNCH)
    kickoff = [line for line in lines if line.about == "kickoff-report"]
    days = [f"{line.when.astimezone(ZONE):%m-%d}" for line in kickoff]
    assert days == ["11-18", "11-24", "11-28"]


@pytest.mark.django_db(transaction=True)
def test_ticks_at_the_same_moment_remind_once(catalogues):
    filer = accounts.member("CSG-GD", "company_filer")
    factory.launched_campaign(executors=["CSG-GD"])
    services.tick(now=at(11, 17))
    barrier, faults = threading.Barrier(4), []

    def run():
        try:
            barrier.wait()
            services.remind(now=at(11, 18))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Reminder.objects.filter(person=filer).count() == 1
    mails = Letter.objects.filter(kind="reminder", channel="mail", recipient_id=filer.pk)
    assert mails.count() == 1
