"""Campaigns for tests, made by the real services from the real template."""

from datetime import date, datetime

from accounts.models import Organisation
from campaign import services
from campaign.models import CampaignTemplate, Duty
from campaign.unfolding import default_executors
from core import sla
from core.clock import ZONE
from core.workdays import calendar
from tests.factories import accounts
from tests.factories.memory import remembered

# The morning of the day on which the campaign begins.
LAUNCH = datetime(2011, 10, 25, 9, 0, tzinfo=ZONE)


def south():
    return accounts.organisation("SERC-NF")


def draft(*, now=LAUNCH, by=None, executors=None, code="residential-2011"):
    """A draft of the 2011 campaign by the South bureau (needs the fixture ``catalogues``)."""
    issuer = south()
    by = by or accounts.member(issuer, "regulator_officer")
    if executors is None:
        executors = default_executors(issuer, on=now.date())
    else:
        executors = [accounts.organisation(one) for one in executors]
    return services.create(
        source=CampaignTemplate.objects.get(code="residential-2011"),
        code=code,
        name="",
        issuing_organisation=issuer,
        executors=executors,
        document_number="南电监供电〔2011〕8号",
        issued_on=date(2011, 11, 18),
        by=by,
        now=now,
    )


@remembered
def launched_campaign(now=LAUNCH, *, by=None, executors=None, code="residential-2011"):
    """The campaign, launched (needs the fixture ``catalogues``)."""
    by = by or accounts.member(south(), "regulator_officer")
    campaign = draft(now=now, by=by, executors=executors, code=code)
    return services.launch(campaign=campaign, by=by, now=now)


def duty(campaign, code="kickoff-report", organisation="CSG-GD"):
    """The duty of an organisation under a definition."""
    return Duty.objects.get(
        definition__campaign=campaign, definition__code=code, organisation__code=organisation
    )


def due_on(day, rule="退回后补报"):
    return sla.fixed(day, calendar=calendar(), rule=rule)


@remembered
def duty_at(state, *, campaign, now=LAUNCH, organisation="CSG-GD"):
    """The kick-off report of a company, brought to a state by the real moves."""
    found = duty(campaign, organisation=organisation)
    leader = accounts.member(found.organisation, "company_lead")
    officer = accounts.member(found.recipient, "regulator_officer")
    if state == "waiting":
        return duty(campaign, "self-inspection", organisation)
    if state == "exempted":
        lead = accounts.member(found.recipient, "regulator_lead")
        return services.exempt(
            duty=found, reason="已并入上级", document_number="南电监办〔2011〕1号", by=lead, now=now
        )
    if state == "withdrawn":
        lead = accounts.member(campaign.issuing_organisation, "regulator_officer")
        return services.withdraw(duty=found, reason="误发", by=lead, now=now)
    if state == "open":
        return found
    found = services.submit_duty(duty=found, by=leader, now=now)
    if state == "returned":
        return services.return_duty(
            duty=found, new_due=due_on(date(2011, 11, 30)), by=officer, now=now
        )
    if state == "accepted":
        return services.accept_duty(duty=found, by=officer, now=now)
    return found


def organisations(*codes):
    return [Organisation.objects.get(code=code) for code in codes]
