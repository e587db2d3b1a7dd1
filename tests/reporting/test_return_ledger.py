"""What companies find when they inspect themselves goes into the rectification ledger."""

from datetime import date

import pytest

from campaign.models import RectificationItem
from core import clock
from tests.factories import accounts, returns
from tests.factories.campaign import launched_campaign
from tests.reading import text_of

pytestmark = pytest.mark.django_db
UNIT = "CSG-GD-ZQ"


def rows(entry, **failing):
    """Sixteen clauses; of the first ones some fail."""
    column = next(c for c in entry.form.content["sheets"][0]["columns"] if c["key"] == "clause")
    found = [
        {"clause": one, "method": "查阅资料", "sampled": 10, "problems": 0, "result": "合格"}
        | {"corrected": 0, "inspector": "检查人甲"}
        for one in column["choices"]
    ]
    bad = {"result": "不合格", "text": "告知不及时", "measure": "补充告知渠道"}
    found[0] |= bad | {"problems": 3, "corrected": 1, "due_on": "2012-03-31"}
    found[2] |= bad | {"problems": 1, "corrected": 1, "due_on": "2012-01-10", "text": "收费无公示"}
    return {"clauses": found}


@pytest.mark.clause("S1-5.2a")
def test_problems_of_a_self_inspection_become_items_when_it_is_accepted(client, catalogues):
    campaign = launched_campaign()
    begun, filed = clock.at(date(2012, 1, 9), 9), clock.at(date(2012, 1, 20), 9)
    returns.collected("self_inspection", "SERC-NF", starts_on=date(2011, 12, 1), now=begun)
    returns.return_opening.open_due(now=begun)
    entry = returns.owed("self_inspection", UNIT, date(2011, 12, 1))
    filer, lead = (accounts.member(UNIT, f"company_{role}") for role in ("filer", "lead"))
    officer = accounts.member("SERC-NF", "regulator_officer")
    returns.filed(entry, rows(entry), filer=filer, lead=lead, now=filed)
    assert not RectificationItem.objects.exists()
    with clock.standing_at(filed):
        client.force_login(officer)
        assert client.post(f"/returns/{entry.pk}/act/", {"act": "accept"}).status_code == 302
        items = {item.problem: item for item in RectificationItem.objects.all()}
        assert set(items) == {"告知不及时", "收费无公示"}
        left = items["告知不及时"]
        assert (left.source_kind, left.campaign, left.unit.code) == (
            "self_inspection",
            campaign,
            UNIT,
        )
        assert left.due_at == clock.at(date(2012, 3, 31), 23, 59, 59)
        assert (left.measure, left.regulator.code) == ("补充告知渠道", "SERC-NF")
        # Mended already: what is owed is the evidence, 30 days from 20 January (a Sunday: Monday).
        assert items["收费无公示"].due_at == clock.at(date(2012, 2, 20), 23, 59, 59)
        client.force_login(filer)
        shown = text_of(client.get(f"/rectification/{left.pk}/"))
        assert f"/returns/{entry.pk}/" in shown
        assert "企业自查" in shown
    # A corrected version enters nothing twice.
    later = clock.at(date(2012, 2, 1), 9)
    told = {"filer": filer, "lead": lead, "officer": officer, "now": later}
    returns.accepted(entry, rows(entry), **told, reason="更正抽样数")
    assert RectificationItem.objects.count() == 2
