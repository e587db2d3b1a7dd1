"""Who may make which move in which state: by hand from the plan and the roles' sentences."""

import itertools
from datetime import date, timedelta

import pytest

from campaign import services, workflow
from campaign.models import Duty
from campaign.services import phases
from campaign.workflow import DUTY_MOVES, DutyState, refusal
from core.errors import Refused
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db

# The company is Yunnan: its recipient is the Yunnan office, the South bureau only gets a copy and
# is the issuer. Who is (role, organisation).
PEOPLE = {
    "company lead": ("company_lead", "CSG-YN"),
    "company filer": ("company_filer", "CSG-YN"),
    "company viewer": ("company_viewer", "CSG-YN"),
    "other company's lead": ("company_lead", "CSG-GD"),
    "office lead": ("regulator_lead", "SERC-YN"),
    "office officer": ("regulator_officer", "SERC-YN"),
    "office viewer": ("regulator_viewer", "SERC-YN"),
    "bureau lead": ("regulator_lead", "SERC-NF"),
    "bureau officer": ("regulator_officer", "SERC-NF"),
    "national lead": ("regulator_lead", "NEA-ROOT"),
    "national officer": ("regulator_officer", "NEA-ROOT"),
    "system administrator": ("system_administrator", "NEA-ROOT"),
    "security administrator": ("security_administrator", "NEA-ROOT"),
    "audit administrator": ("audit_administrator", "NEA-ROOT"),
    "the system": None,
}
UNFINISHED = ("waiting", "open", "returned")
ASSIGNERS = {"company lead", "office lead", "office officer"}
ALLOWED = {
    ("waiting", "open"): {"the system"},
    ("open", "submit"): {"company lead"},
    ("returned", "submit"): {"company lead"},
    ("submitted", "return"): {"office officer"},
    ("submitted", "accept"): {"office officer"},
    **{(state, "exempt"): {"office lead"} for state in UNFINISHED},
    **{(state, "extend"): {"office lead"} for state in UNFINISHED},
    **{(state, "correct_extension"): {"office lead"} for state in UNFINISHED},
    **{(state, "withdraw"): {"bureau lead", "bureau officer"} for state in UNFINISHED},
    **{(state, "assign"): ASSIGNERS for state in UNFINISHED},
}


@pytest.fixture
def campaign(catalogues):
    return factory.launched_campaign()


@pytest.fixture
def people(catalogues):
    return {
        who: accounts.member(where[1], where[0]) if where else None for who, where in PEOPLE.items()
    }


def test_every_move_is_open_to_exactly_the_listed_people_in_the_listed_states(campaign, people):
    duty = factory.duty(campaign, organisation="CSG-YN")
    for state, move in itertools.product(DutyState.values, DUTY_MOVES):
        duty.state = state
        may = {who for who, user in people.items() if not refusal(move, duty, by=user)}
        assert may == ALLOWED.get((state, move.name), set()), (state, move.name)


def test_the_bureaus_own_duty_is_handled_inside_the_bureau(campaign, people):
    duty = factory.duty(campaign, "consultation", "SERC-NF")
    assert not refusal(workflow.SUBMIT, duty, by=people["bureau officer"])
    assert refusal(workflow.SUBMIT, duty, by=people["national officer"])
    duty.state = "submitted"
    assert not refusal(workflow.ACCEPT, duty, by=people["bureau officer"])
    assert refusal(workflow.ACCEPT, duty, by=people["national officer"])


def test_a_report_upward_is_accepted_by_the_national_regulator_only(campaign, people):
    duty = factory.duty(campaign, "kickoff-upward", "SERC-NF")
    duty.state = "submitted"
    assert not refusal(workflow.ACCEPT, duty, by=people["national officer"])
    assert refusal(workflow.ACCEPT, duty, by=people["bureau officer"])


def test_a_deputy_moves_as_the_person_would(campaign):
    duty = factory.duty(campaign)
    deputy = accounts.member("CSG-GD", "company_filer")
    assert refusal(workflow.SUBMIT, duty, by=deputy)
    accounts.deputy(
        deputy,
        "CSG-GD",
        "company_lead",
        starts_on=date(2011, 10, 1),
        ends_on=date(2099, 12, 31),
    )
    again = type(deputy).objects.get(pk=deputy.pk)
    assert not refusal(workflow.SUBMIT, duty, by=again)


@pytest.mark.parametrize("state", ["submitted", "returned", "accepted", "exempted", "withdrawn"])
def test_real_moves_reach_each_state_and_leave_one_trace(campaign, state):
    duty = factory.duty_at(state, campaign=campaign)
    assert duty.state == state
    verb = {
        "submitted": "duty.submit",
        "returned": "duty.return",
        "accepted": "duty.accept",
        "exempted": "duty.exempt",
        "withdrawn": "duty.withdraw",
    }[state]
    assert AuditEvent.objects.filter(kind=verb, target_id=str(duty.pk)).count() == 1


def test_a_refused_move_changes_nothing_and_leaves_no_trace(campaign):
    duty = factory.duty_at("accepted", campaign=campaign)
    leader = accounts.member("CSG-GD", "company_lead")
    traces = AuditEvent.objects.count()
    with pytest.raises(Refused, match="已完成"):
        services.submit_duty(duty=duty, by=leader, now=factory.LAUNCH)
    assert AuditEvent.objects.count() == traces
    assert Duty.objects.get(pk=duty.pk).state == "accepted"


def test_the_first_submission_decides_about_lateness_for_good(campaign):
    duty = factory.duty(campaign)
    leader = accounts.member("CSG-GD", "company_lead")
    officer = accounts.member("SERC-NF", "regulator_officer")
    last_second = duty.due_at
    services.submit_duty(duty=duty, by=leader, now=last_second)
    services.return_duty(
        duty=duty,
        new_due=factory.due_on(date(2011, 11, 30)),
        by=officer,
        now=last_second + timedelta(days=1),
    )
    after = last_second + timedelta(days=9)
    duty = services.submit_duty(duty=duty, by=leader, now=after)
    assert duty.return_count == 1
    assert duty.submitted_at == after
    assert duty.first_submitted_at == last_second
    assert not duty.is_late_at(after)
    assert not Duty.objects.with_late(now=after).get(pk=duty.pk).is_late


def test_one_second_after_the_deadline_is_late(campaign):
    leader = accounts.member("CSG-GD", "company_lead")
    duty = factory.duty(campaign)
    late = duty.due_at + timedelta(seconds=1)
    duty = services.submit_duty(duty=duty, by=leader, now=late)
    assert duty.is_late_at(late)
    assert Duty.objects.with_late(now=late).get(pk=duty.pk).is_late
    assert AuditEvent.objects.get(kind="duty.submit").details["late"] is True


def test_not_sent_is_late_only_after_the_deadline_and_exempted_never(campaign):
    duty = factory.duty(campaign)
    assert not duty.is_late_at(duty.due_at)
    assert duty.is_late_at(duty.due_at + timedelta(seconds=1))
    exempted = factory.duty_at("exempted", campaign=campaign, organisation="CSG-HI")
    assert not exempted.is_late_at(exempted.due_at + timedelta(days=90))
    late = Duty.objects.late(now=duty.due_at + timedelta(seconds=1))
    codes = set(
        late.filter(definition=duty.definition).values_list("organisation__code", flat=True)
    )
    assert codes == {"CSG-GD", "CSG-GX", "CSG-YN", "CSG-GZ", "GXSL"}


def test_an_extension_keeps_the_old_deadline_approver_and_number(campaign):
    duty = factory.duty(campaign)
    lead = accounts.member("SERC-NF", "regulator_lead")
    filer = accounts.member("CSG-GD", "company_filer")
    duty = services.extend(
        duty=duty,
        due_on=date(2011, 11, 29),
        reason="受台风影响",
        document_number="南电监函〔2011〕12号",
        by=lead,
        now=factory.LAUNCH,
    )
    assert f"{duty.due_at:%Y-%m-%d %H:%M:%S}" == "2011-11-29 23:59:59"
    extension = duty.extensions.get()
    assert extension.approver == lead
    assert f"{extension.old_due_at.astimezone(factory.ZONE):%Y-%m-%d}" == "2011-11-25"
    last = duty.due_explanation[-1]
    assert last["source"] == "南电监函〔2011〕12号"
    assert last["value"].startswith("2011-11-29")
    letter = Letter.objects.get(kind="duty.extended", channel="mail", recipient_id=filer.pk)
    assert "2011年11月29日" in letter.body


@pytest.mark.parametrize(
    ("day", "reason", "number", "why"),
    [
        (date(2011, 11, 25), "台风", "1号", "晚于原截止日期"),
        (date(2011, 11, 29), " ", "1号", "理由和批准文号"),
        (date(2011, 11, 29), "台风", "", "理由和批准文号"),
        # A slip of the pen.
        (date(2101, 11, 29), "台风", "1号", "2013年12月31日"),
        (date(9999, 12, 31), "台风", "1号", "2013年12月31日"),
    ],
)
def test_an_extension_needs_a_later_day_a_reason_and_a_number(campaign, day, reason, number, why):
    lead = accounts.member("SERC-NF", "regulator_lead")
    with pytest.raises(Refused, match=why):
        services.extend(
            duty=factory.duty(campaign),
            due_on=day,
            reason=reason,
            document_number=number,
            by=lead,
            now=factory.LAUNCH,
        )


def test_an_extension_into_the_past_is_refused(campaign):
    lead = accounts.member("SERC-NF", "regulator_lead")
    duty = factory.duty(campaign)
    with pytest.raises(Refused, match="不能早于今天"):
        services.extend(
            duty=duty,
            due_on=date(2011, 11, 28),
            reason="台风",
            document_number="1号",
            by=lead,
            now=duty.due_at + timedelta(days=10),
        )


def test_the_responsible_person_must_work_in_the_organisation(campaign):
    leader = accounts.member("CSG-GD", "company_lead")
    own, stranger = (
        accounts.member("CSG-GD", "company_filer"),
        accounts.member("CSG-GX", "company_filer"),
    )
    duty = services.assign(
        duty=factory.duty(campaign),
        department="市场营销部",
        person=own,
        by=leader,
        now=factory.LAUNCH,
    )
    assert (duty.responsible_department, duty.responsible_person) == ("市场营销部", own)
    assert Letter.objects.filter(kind="duty.assigned", recipient_id=own.pk).count() == 2
    with pytest.raises(Refused, match="不能作为责任人"):
        services.assign(duty=duty, department="", person=stranger, by=leader, now=factory.LAUNCH)


def test_phases_close_by_date_and_say_what_was_left_unticked(campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    first = campaign.phases.get(number=1)
    check = first.checks.first()
    services.tick_check(check=check, done=True, note="已办", by=officer, now=factory.LAUNCH)
    with pytest.raises(Refused, match="还有8项未完成"):
        services.close_phase(phase=first, by=officer, now=factory.LAUNCH)
    services.tick(now=factory.LAUNCH.replace(month=11, day=30, hour=23))
    assert campaign.phases.get(number=1).state == "open"
    services.tick(now=factory.LAUNCH.replace(month=12, day=1, hour=0))
    assert list(campaign.phases.values_list("state", flat=True)) == [
        "closed",
        "open",
        "planned",
        "planned",
    ]
    trace = AuditEvent.objects.get(kind="phase.close_phase")
    assert len(trace.details["unticked"]) == 8


def test_ticking_twice_moves_once(campaign):
    later = factory.LAUNCH.replace(month=11, day=15)
    services.tick(now=later)
    traces = AuditEvent.objects.count()
    services.tick(now=later)
    assert AuditEvent.objects.count() == traces
    assert factory.duty(campaign, "assurance-plan", "SERC-NF").state == "open"


def test_a_campaign_ends_only_when_its_phases_have(campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    with pytest.raises(Refused, match="尚有阶段未结束"):
        services.close_campaign(campaign=campaign, by=officer, now=factory.LAUNCH)
    services.tick(now=factory.LAUNCH.replace(year=2013, month=1, day=1))
    campaign = services.close_campaign(
        campaign=campaign, by=officer, now=factory.LAUNCH.replace(year=2013, month=1, day=2)
    )
    assert campaign.state == "closed"


def test_the_checklist_is_read_while_the_phase_is_held(campaign, monkeypatch):
    """What is ticked off or taken back while the phase waits for its lock counts."""
    officer = accounts.member("SERC-NF", "regulator_officer")
    first = campaign.phases.get(number=1)
    first.checks.update(done_at=factory.LAUNCH, done_by=officer)
    locked = phases._locked

    def untick_meanwhile(phase):
        monkeypatch.setattr(phases, "_locked", locked)
        first.checks.filter(pk=first.checks.first().pk).update(done_at=None, done_by=None)
        return locked(phase)

    monkeypatch.setattr(phases, "_locked", untick_meanwhile)
    with pytest.raises(Refused, match="还有1项未完成"):
        services.close_phase(phase=first, by=officer, now=factory.LAUNCH)


def test_a_tick_holds_the_phase_whose_end_counts_it(campaign, monkeypatch):
    officer = accounts.member("SERC-NF", "regulator_officer")
    check = campaign.phases.get(number=1).checks.first()
    held = []
    locked = phases._locked
    monkeypatch.setattr(phases, "_locked", lambda phase: held.append(phase.number) or locked(phase))
    services.tick_check(check=check, done=True, note="", by=officer, now=factory.LAUNCH)
    assert held == [1]
