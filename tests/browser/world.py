"""A day in the campaign for the browser: filings in every state, people of every role."""

from datetime import datetime

from accounts.permissions import ROLES
from core import outbox
from core.clock import ZONE
from tests.factories import accounts as people
from tests.factories import campaign as campaigns
from tests.factories import reporting as reports
from tests.factories import reports as documents

EVE = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)
FILED = datetime(2011, 11, 22, 10, 0, tzinfo=ZONE)
HOMES = {"regulator": "SERC-NF", "company": "CSG-GD", "system": "SERC-NF"}
# Company and the state that its kick-off report has reached.
STATES = {
    "CSG-GD": "draft",
    "CSG-GX": "returned",
    "CSG-HI": "accepted",
    "CSG-YN": "received",
    "CSG-GZ": "submitted",
}


def staff():
    """One person of each role, by role."""
    return {
        code: people.member(HOMES[role.side], code, name=role.name) for code, role in ROLES.items()
    }


def plant():
    """Launch the campaign, file reports, deliver what is due; returns the staff."""
    crew = staff()
    campaign = campaigns.launched_campaign(by=crew["regulator_officer"])
    for company, state in STATES.items():
        duty = campaigns.duty(campaign, organisation=company)
        reports.filed(duty, state=state, now=FILED)
    documents.building(campaign, by=crew["regulator_officer"], now=EVE)
    outbox.run_due(now=EVE)
    return crew
