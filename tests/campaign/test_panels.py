"""The overview beside the desk's work: each organisation's share of the open phase."""

import pytest

from campaign import work
from tests.factories import accounts as people
from tests.factories import campaign as campaigns


@pytest.fixture
def campaign(catalogues, kickoff_eve):
    made = campaigns.launched_campaign()
    campaigns.duty_at("accepted", campaign=made, organisation="CSG-GD")
    return made


def rows(person, now):
    panels = work.panels(person, now=now)
    return {row.label: (row.done, row.total, row.tone) for panel in panels for row in panel.rows}


def test_a_regulator_sees_each_company_and_its_own_arrears(campaign, kickoff_eve):
    officer = people.member("SERC-NF", "regulator_officer")
    shown = rows(officer, kickoff_eve)
    assert shown["广东电网公司"] == (1, 1, "")
    assert shown["广西电网公司"] == (0, 1, "")
    # four duties of the bureau itself were due by 18 November
    assert shown["南方电监局"][2] == "late"


def test_a_company_sees_itself_only(campaign, kickoff_eve):
    filer = people.member("CSG-GD", "company_filer")
    assert set(rows(filer, kickoff_eve)) == {"广东电网公司"}


def test_who_has_no_part_in_campaigns_sees_no_panel(campaign, kickoff_eve):
    auditor = people.member("SERC-NF", "audit_administrator")
    assert work.panels(auditor, now=kickoff_eve) == []
