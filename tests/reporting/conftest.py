"""The running campaign that tests of filings stand on."""

import pytest

from core import clock
from tests.factories import campaign as campaigns
from tests.factories import reporting


@pytest.fixture
def campaign(catalogues):
    """The 2011 campaign, launched; the clock stands three days before the reports are due."""
    with clock.standing_at(reporting.NOW):
        yield campaigns.launched_campaign()


@pytest.fixture
def duty(campaign):
    """Guangdong's kick-off report, due 2011-11-25."""
    return campaigns.duty(campaign)


@pytest.fixture
def people(duty):
    """Who acts on Guangdong's report: filer, lead, officer."""
    return {
        "filer": reporting.filer(duty.organisation),
        "lead": reporting.certifier(duty.organisation),
        "officer": reporting.reviewer(duty.recipient),
    }
