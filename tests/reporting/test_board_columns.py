"""The duty board shows the parts of each company's report, and never a draft."""

import re
from datetime import datetime

import pytest

from core.clock import ZONE
from tests.factories import accounts as people
from tests.factories import campaign as campaigns
from tests.factories import reporting as reports

FILED = datetime(2011, 11, 22, 10, 0, tzinfo=ZONE)


@pytest.fixture
def campaign(catalogues, kickoff_eve):
    made = campaigns.launched_campaign()
    for company, state in (("CSG-GD", "returned"), ("CSG-HI", "accepted"), ("CSG-GX", "draft")):
        reports.filed(campaigns.duty(made, organisation=company), state=state, now=FILED)
    return made


def board(client, campaign, person, query=""):
    client.force_login(person)
    response = client.get(f"/campaigns/{campaign.pk}/board/{query}")
    assert response.status_code == 200
    return response.context["boards"][0]


def row(board, name):
    found = {one.label: one for group in board.groups for one in group.rows}[name]
    labels = [column.label for column in board.columns]
    return {label: cell.text for label, cell in zip(labels, found.cells, strict=True)}


def test_each_part_has_its_column_with_what_became_of_it(client, campaign):
    officer = people.member("SERC-NF", "regulator_officer")
    shown = board(client, campaign, officer)
    assert [column.note for column in shown.columns][1:] == [
        f"报告第{number}部分" for number in (1, 2, 3, 4, 5)
    ]
    returned = row(shown, "广东电网公司")
    # the factory marks the first part of the report as deficient, the others stand
    assert list(returned.values())[1:] == ["需补正", "已报", "已报", "已报", "已报"]
    assert list(row(shown, "海南电网公司").values())[1:] == ["已通过"] * 5


def test_a_draft_is_nothing_that_was_reported(client, campaign):
    for role, home in (("regulator_officer", "SERC-NF"), ("company_filer", "CSG-GX")):
        shown = board(client, campaign, people.member(home, role))
        assert set(list(row(shown, "广西电网公司").values())[1:]) == {"未报"}


def test_over_all_phases_the_board_stays_narrow(client, campaign):
    officer = people.member("SERC-NF", "regulator_officer")
    notes = [column.note for column in board(client, campaign, officer, "?phase=").columns]
    assert not [note for note in notes if re.fullmatch(r"报告第\d部分", note)]
