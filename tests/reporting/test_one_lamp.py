"""A duty carries the same lamp on the board, on the company's list and on the reviewer's desk."""

from datetime import datetime

import pytest

from core.clock import ZONE, standing_at
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
# Two working days before the deadline of the kick-off report, Friday 25 November.
NOON = datetime(2011, 11, 23, 12, 0, tzinfo=ZONE)
LAMPS = {
    "waiting": "pause",
    "open": "near",
    "submitted": "ok",
    "returned": "near",
    "accepted": "done",
    "exempted": "pause",
}


@pytest.fixture
def campaign(catalogues):
    with standing_at(NOON):
        yield factory.launched_campaign(now=NOON)


@pytest.mark.parametrize("state", LAMPS)
def test_a_state_has_one_lamp_wherever_it_is_shown(client, campaign, state):
    duty = factory.duty_at(state, campaign=campaign, organisation="CSG-GD", now=NOON)
    shown = set()
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    board = client.get(f"/campaigns/{campaign.pk}/board/?phase=").context["boards"]
    shown |= {cell.lamp for cell in cells(board) if cell.url == f"/campaigns/duties/{duty.pk}/"}
    shown.add(client.get(f"/campaigns/duties/{duty.pk}/").context["shown"].lamp)
    desk = client.get("/filings/review/?view=all")
    shown |= {row.lamp for row in desk.context["rows"] if row.duty.pk == duty.pk}
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    own = client.get("/filings/?view=all")
    shown |= {row.lamp for row in own.context["rows"] if row.duty.pk == duty.pk}
    assert shown == {LAMPS[state]}
    assert "暂停" not in own.content.decode()


def cells(boards):
    for board in boards:
        for group in board.groups:
            for row in group.rows:
                yield from row.cells
