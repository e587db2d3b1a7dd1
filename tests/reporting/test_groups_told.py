"""The page of leading groups and the reports of the companies say the same."""

from datetime import datetime

import pytest

from accounts.models import Organisation
from campaign import services
from core.clock import ZONE, standing_at
from tests.factories import accounts, reporting
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign()


def groups(client, campaign, where="SERC-NF", role="regulator_viewer"):
    client.force_login(accounts.member(where, role, name="读者"))
    return client.get(f"/campaigns/{campaign.pk}/groups/")


@pytest.mark.clause("S1-4.1d")
def test_who_reported_its_group_is_not_called_missing(client, campaign):
    filed = reporting.filed(factory.duty(campaign, organisation="CSG-GD"))
    # Given back for its list of members: that company has no list that counts.
    lacking = [{"part": "leading_group", "problem": "没有组长", "rule": "方案五（一）3"}]
    reporting.filed(
        factory.duty(campaign, organisation="CSG-GX"), state="returned", deficient=lacking
    )
    services.exempt(
        duty=factory.duty(campaign, organisation="CSG-HI"),
        reason="已并入省公司",
        document_number="南电监函〔2011〕9号",
        by=accounts.member("SERC-NF", "regulator_lead"),
        now=NOON,
    )
    answer = groups(client, campaign)
    assert {one.code for one in answer.context["missing"]} == {
        "CSG-GX",
        "CSG-YN",
        "CSG-GZ",
        "GXSL",
    }
    company = Organisation.objects.get(code="CSG-GD")
    assert answer.context["reported"] == [(company, f"/filings/{filed.pk}/")]
    assert f'href="/filings/{filed.pk}/"' in answer.content.decode()


def test_a_draft_is_no_report_and_others_do_not_learn_of_one(client, campaign):
    reporting.started(factory.duty(campaign, organisation="CSG-GD"))
    reporting.filed(factory.duty(campaign, organisation="CSG-GX"))
    answer = groups(client, campaign, "CSG-GD", "company_viewer")
    assert [one.code for one in answer.context["missing"]] == ["CSG-GD"]
    assert answer.context["reported"] == []
