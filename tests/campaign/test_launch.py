"""Launching the 2011 campaign: who owes what to whom by when, written out by hand from the plan."""

from datetime import date, datetime

import pytest

from campaign import services
from campaign.models import Campaign, Duty
from core.clock import ZONE, standing_at
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db

SOUTH, YUNNAN, GUIZHOU, NATIONAL = "SERC-NF", "SERC-YN", "SERC-GZ", "NEA-ROOT"
COMPANIES = ["CSG-GD", "CSG-GX", "CSG-HI", "CSG-YN", "CSG-GZ", "GXSL"]

# From the plan, part 五: duty, parties, due day, by hand.
DATED = {
    "consultation": ([SOUTH], "2011-11-10"),
    "groups": ([SOUTH], "2011-11-10"),
    "kickoff-meeting": ([SOUTH], "2011-11-18"),
    "issue-plan": ([SOUTH], "2011-11-18"),
    "kickoff-report": (COMPANIES, "2011-11-25"),
    "assurance-plan": ([SOUTH], "2011-11-30"),
    "responsibility": ([SOUTH], "2011-11-30"),
    "leader-visits": ([SOUTH], "2011-11-30"),
    "kickoff-upward": ([SOUTH], "2011-11-30"),
    "self-inspection": (COMPANIES, "2012-06-01"),
    "inspection-report": ([SOUTH, YUNNAN, GUIZHOU], "2012-10-31"),
    "summary": (COMPANIES, "2012-12-05"),
    "final-upward": ([SOUTH], "2012-12-10"),
    "regulatory-report": ([SOUTH], "2012-12-31"),
}
# 南方电监局 itself is in charge of three provinces; the others copy it (plan, 二(二), 五(一)3).
RECIPIENTS = {
    "CSG-GD": (SOUTH, None),
    "CSG-GX": (SOUTH, None),
    "CSG-HI": (SOUTH, None),
    "GXSL": (SOUTH, None),
    "CSG-YN": (YUNNAN, SOUTH),
    "CSG-GZ": (GUIZHOU, SOUTH),
}


@pytest.fixture
def campaign(catalogues):
    return factory.launched_campaign()


@pytest.mark.parametrize("code", DATED)
def test_a_duty_goes_to_its_parties_and_is_due_at_the_end_of_its_day(campaign, code):
    parties, day = DATED[code]
    duties = Duty.objects.filter(definition__campaign=campaign, definition__code=code)
    assert sorted(d.organisation.code for d in duties) == sorted(parties)
    for duty in duties:
        expected = datetime.fromisoformat(f"{day}T23:59:59+08:00")
        assert duty.due_at == expected
        assert not duty.due_provisional
        assert duty.due_explanation[0]["text"] == "规定日期"
        assert duty.due_explanation[0]["value"] == day
        assert "方案五" in duty.due_explanation[0]["source"]


def test_the_campaign_has_no_other_duties(campaign):
    codes = set(Duty.objects.values_list("definition__code", flat=True))
    assert codes == set(DATED)
    assert Duty.objects.count() == 31


@pytest.mark.parametrize("company", COMPANIES)
def test_reports_go_to_the_local_regulator_and_copies_by_territory(campaign, company):
    for code in ("kickoff-report", "self-inspection", "summary"):
        duty = factory.duty(campaign, code, company)
        copy = duty.copy_to.code if duty.copy_to else None
        assert (duty.recipient.code, copy) == RECIPIENTS[company]


def test_upward_reports_go_to_the_national_regulator(campaign):
    for code in ("kickoff-upward", "final-upward", "inspection-report"):
        duty = factory.duty(campaign, code, SOUTH)
        assert (duty.recipient.code, duty.copy_to) == (NATIONAL, None)
    assert factory.duty(campaign, "inspection-report", YUNNAN).recipient.code == NATIONAL


def test_the_deadline_says_the_words_of_the_plan(campaign):
    duty = factory.duty(campaign)
    assert "2011年11月25日前" in duty.due_explanation[0]["source"]


def test_on_the_first_day_phase_one_and_its_duties_are_open(campaign):
    assert list(campaign.phases.values_list("state", flat=True)) == [
        "open",
        "planned",
        "planned",
        "planned",
    ]
    states = dict(Duty.objects.values_list("definition__code", "state"))
    assert states["kickoff-report"] == "open"
    assert states["assurance-plan"] == "waiting"  # begins on 15 November
    assert states["self-inspection"] == "waiting"


def test_preview_shows_what_launch_writes_and_writes_nothing(catalogues):
    draft = factory.draft()
    before = (Duty.objects.count(), AuditEvent.objects.count(), Letter.objects.count())
    planned = services.preview(campaign=draft, now=factory.LAUNCH)
    assert (Duty.objects.count(), AuditEvent.objects.count(), Letter.objects.count()) == before
    officer = accounts.member(SOUTH, "regulator_officer")
    services.launch(campaign=draft, by=officer, now=factory.LAUNCH)
    shown = {
        (p.definition.code, p.organisation.code, p.recipient.code, p.copy_to, p.due.due_at)
        for p in planned
    }
    written = {
        (d.definition.code, d.organisation.code, d.recipient.code, d.copy_to, d.due_at)
        for d in Duty.objects.select_related("definition", "organisation", "recipient", "copy_to")
    }
    assert shown == written


def test_the_preview_counts_four_reminders_for_each_duty(catalogues):
    planned = services.preview(campaign=factory.draft(), now=factory.LAUNCH)
    assert {len(plan.reminders) for plan in planned} == {4}


def test_regulators_are_resolved_at_launch_and_kept(campaign):
    parts = {p.organisation.code: p for p in campaign.participants.filter(part="executor")}
    assert parts["CSG-YN"].supervisor.code == YUNNAN
    assert parts["CSG-YN"].copy_to.code == SOUTH
    supervisors = campaign.participants.filter(part="supervisor")
    assert {p.organisation.code for p in supervisors} == {SOUTH, YUNNAN, GUIZHOU}


def test_each_person_who_works_on_duties_gets_one_letter_at_launch(catalogues):
    filer = accounts.member("CSG-GD", "company_filer")
    accounts.member("CSG-GD", "company_viewer")
    factory.launched_campaign()
    mails = Letter.objects.filter(kind="campaign.launched", channel="mail")
    to_filer = mails.get(recipient_id=filer.pk)
    assert "报告启动部署情况：2011年11月25日前，报送国家电力监管委员会南方监管局。" in to_filer.body
    assert "3. 报告专项行动总结情况" in to_filer.body


@pytest.mark.parametrize("role", ["regulator_viewer", "regulator_lead"])
def test_only_those_who_manage_campaigns_may_launch(catalogues, role):
    draft = factory.draft()
    person = accounts.member(SOUTH, role)
    if role == "regulator_lead":
        services.launch(campaign=draft, by=person, now=factory.LAUNCH)
        assert Campaign.objects.get().state == "launched"
    else:
        with pytest.raises(Refused):
            services.launch(campaign=draft, by=person, now=factory.LAUNCH)


def test_another_office_can_neither_make_nor_launch_it(catalogues):
    draft = factory.draft()
    stranger = accounts.member(YUNNAN, "regulator_officer")
    with pytest.raises(Refused):
        services.launch(campaign=draft, by=stranger, now=factory.LAUNCH)
    with pytest.raises(Refused):
        factory.draft(by=stranger, code="second")


def test_launching_twice_hands_out_once(catalogues):
    officer = accounts.member(SOUTH, "regulator_officer")
    campaign = factory.launched_campaign(by=officer)
    with pytest.raises(Refused):
        services.launch(campaign=campaign, by=officer, now=factory.LAUNCH)
    assert Duty.objects.count() == 31
    assert AuditEvent.objects.filter(kind="campaign.launch").count() == 1


def test_a_campaign_without_companies_is_refused(catalogues):
    officer = accounts.member(SOUTH, "regulator_officer")
    draft = factory.draft(by=officer, executors=[])
    with pytest.raises(Refused, match="尚未选定实施单位"):
        services.launch(campaign=draft, by=officer, now=factory.LAUNCH)


def test_companies_and_dates_of_a_draft_can_be_changed(catalogues):
    officer = accounts.member(SOUTH, "regulator_officer")
    draft = factory.draft(by=officer)
    services.choose_organisations(
        campaign=draft,
        executors=factory.organisations("CSG-GD", "CSG-HI"),
        by=officer,
        now=factory.LAUNCH,
    )
    services.reschedule(
        campaign=draft,
        phases={1: (date(2011, 10, 26), date(2011, 11, 30))},
        duties={"kickoff-report": (date(2011, 11, 1), date(2011, 11, 28))},
        by=officer,
        now=factory.LAUNCH,
    )
    campaign = services.launch(campaign=draft, by=officer, now=factory.LAUNCH)
    assert campaign.starts_on == date(2011, 10, 26)
    assert factory.duty(campaign).due_at == datetime(2011, 11, 28, 23, 59, 59, tzinfo=ZONE)
    reports = Duty.objects.filter(definition__code="kickoff-report")
    assert {d.organisation.code for d in reports} == {"CSG-GD", "CSG-HI"}


@pytest.mark.parametrize(
    ("phases", "duties", "reason"),
    [
        ({1: (date(2011, 11, 30), date(2011, 10, 25))}, {}, "结束日期早于开始日期"),
        ({2: (date(2011, 11, 30), date(2012, 5, 31))}, {}, "重叠"),
        ({}, {"summary": (date(2012, 12, 5), date(2012, 11, 1))}, "结束日期早于开始日期"),
    ],
)
def test_dates_that_make_no_sense_are_refused_and_nothing_is_changed(
    catalogues, phases, duties, reason
):
    officer = accounts.member(SOUTH, "regulator_officer")
    draft = factory.draft(by=officer)
    with pytest.raises(Refused, match=reason):
        services.reschedule(
            campaign=draft, phases=phases, duties=duties, by=officer, now=factory.LAUNCH
        )
    assert draft.phases.get(number=1).starts_on == date(2011, 10, 25)
    assert draft.definitions.get(code="summary").due_on == date(2012, 12, 5)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phase-4-last": "9999-12-31"}, "应在1991-01-01至2016-12-31之间"),
        ({"duty-summary-last": "9999-12-31"}, "应在1991-01-01至2016-12-31之间"),
        ({"phase-1-first": "0001-01-01"}, "应在1991-01-01至2016-12-31之间"),
        ({"phase-1-first": "2006-10-25"}, "不能超过5年"),
        ({"phase-2-first": "2011-11-30"}, "重叠"),
        ({"duty-summary-last": "2013-01-01"}, "不在专项行动期间（2011-10-25至2012-12-31）"),
        ({"duty-summary-last": "2012-10-01"}, "结束日期早于开始日期"),
    ],
)
def test_a_date_that_no_calendar_can_reckon_is_named_at_its_field(
    client, catalogues, change, reason
):
    with standing_at(factory.LAUNCH):
        officer = accounts.member(SOUTH, "regulator_officer")
        draft = factory.draft(by=officer)
        client.force_login(officer)
        url = f"/campaigns/{draft.pk}/dates/"
        form = client.get(url).context["form"]
        data = {name: form[name].value() for name in form.fields} | change
        response = client.post(url, data)
    assert response.status_code == 422
    errors = response.context["form"].errors
    field = next(iter(change)) if "5年" not in reason else "phase-4-last"
    assert list(errors) == [field]
    assert reason in errors[field][0]
    assert response.content.decode().count(errors[field][0]) >= 2  # in the summary and at the field
    draft.refresh_from_db()
    assert (draft.starts_on, draft.ends_on) == (date(2011, 10, 25), date(2012, 12, 31))


def test_a_draft_of_the_year_9999_is_refused_by_the_service_too(catalogues):
    officer = accounts.member(SOUTH, "regulator_officer")
    draft = factory.draft(by=officer)
    wrong = {4: (date(2012, 11, 1), date(9999, 12, 31))}
    with pytest.raises(Refused, match="应在1991-01-01至2016-12-31之间"):
        services.reschedule(campaign=draft, phases=wrong, duties={}, by=officer, now=factory.LAUNCH)
    # One that was stored before there were bounds is neither shown nor launched.
    draft.definitions.filter(code="summary").update(due_on=date(9999, 12, 31))
    with pytest.raises(Refused, match="应在1991-01-01至2016-12-31之间"):
        services.preview(campaign=draft, now=factory.LAUNCH)
