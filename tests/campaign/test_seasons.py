"""A phase goes together with the supervision of a season and its events of ordered use."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from campaign.models import PhaseSeason
from campaign.seasons import proposed
from core.clock import ZONE, standing_at
from reporting.services import activations
from tests.factories import accounts
from tests.factories import campaign as factory
from tests.reading import text_of

pytestmark = pytest.mark.django_db
JULY = datetime(2012, 7, 16, 12, 0, tzinfo=ZONE)


def announced(day, unit):
    """A warning of a unit on a day."""
    at = datetime(2012, *day, 8, 0, tzinfo=ZONE)
    return activations.announce(
        accounts.organisation(unit),
        grade="Ⅲ",
        gap_mw=Decimal(74),
        peak_mw=Decimal(1240),
        announced_at=at,
        body="市经济贸易委员会",
        reason="气温骤升",
        by=accounts.member(unit, "company_filer"),
        now=at,
    )


@pytest.mark.clause("S1-5.3b")
def test_the_third_phase_is_combined_with_the_summer_peak_and_shows_its_events(client, catalogues):
    campaign = factory.launched_campaign()
    inside = announced((6, 20), "CSG-GD-GZ")
    announced((5, 20), "CSG-GD-SZ")
    url = f"/campaigns/{campaign.pk}/phases/3/"
    with standing_at(JULY):
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        # The form begins with the season that shares most days: 1 June to 30 September.
        assert proposed(campaign.phases.get(number=3)) == {
            "name": "迎峰度夏",
            "starts_on": date(2012, 6, 1),
            "ends_on": date(2012, 9, 30),
            "focus": "有序用电方案执行、居民生活用电保障、停限电告知、故障抢修。",
        }
        sent = {
            "name": "迎峰度夏",
            "starts_on": "2012-06-01",
            "ends_on": "2012-09-30",
            "document_number": "南电监供电〔2012〕15号",
            "focus": "居民生活用电保障",
        }
        wrong = {**sent, "starts_on": "2011-06-01", "ends_on": "2011-09-30"}
        assert client.post(f"{url}season/", wrong).status_code == 409
        assert client.post(f"{url}season/", sent).status_code == 302
        page = client.get(url)
        text = text_of(page)
        assert "结合迎峰度夏督导推进" in text
        assert "南电监供电〔2012〕15号" in text
        figures = {str(one.label): one for one in page.context["told"].figures}
        # One of the two warnings lies in the season; the list behind the figure shows as many.
        assert figures["有序用电事件"].count == 1
        listed = client.get(figures["有序用电事件"].url).context["page"].items
        assert [one.pk for one in listed] == [inside.pk]
        assert f"/supply/events/{inside.pk}/" in text
        # A company reads it, and does not change it.
        client.force_login(accounts.member("CSG-YN", "company_lead"))
        page = client.get(url)
        assert page.context["told"].figures[0].count == 0
        assert client.post(f"{url}season/", sent).status_code == 403
        # Another office of the region neither: the phase is the issuer's.
        client.force_login(accounts.member("SERC-YN", "regulator_officer"))
        assert client.post(f"{url}season/", sent).status_code == 409
    assert PhaseSeason.objects.count() == 1
