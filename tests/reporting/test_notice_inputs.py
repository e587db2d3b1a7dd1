"""Numbers out of outage notices: what the list of notices counts, in time and in hours."""

from datetime import date
from decimal import Decimal

import pytest

from complaints.services import residents
from core.periods import Period
from reporting.models import Indicator, IndicatorValue, OutageNotice
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.outages import at, filed

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2011, 11, 1), date(2011, 11, 30))
NOW = at("2011-12-05 09:00")


def test_notices_in_time_and_hours_without_power(client, catalogues):
    """Two announced 8 days and 1 day ahead: half in time; 320 × 6.5 h of 1,000 residents."""
    filed("TD-1")
    filed("TD-2", published_at=at("2011-11-22 08:00"))
    times = {"actual_start": at("2011-11-23 08:00"), "actual_end": at("2011-11-23 14:30")}
    OutageNotice.objects.filter(number="TD-1").update(**times)
    bureau = accounts.organisation("CSG-GD-ZQ")
    residents.enter(
        organisation=bureau,
        count=1000,
        valid_from=date(2011, 1, 1),
        basis="年报",
        by=accounts.member("CSG-GD-ZQ", "company_filer"),
        now=at("2011-11-01 09:00"),
    )
    codes = ("outage_notice_in_time", "outage_hours_noticed", "outage_times_noticed")
    asked = Indicator.objects.filter(code__in=codes)
    services.compute(NOVEMBER, indicators=asked, now=NOW)
    found = {
        one.indicator.code: one
        for one in IndicatorValue.objects.filter(organisation=bureau).select_related("indicator")
    }
    assert [found[code].value for code in codes] == [50, Decimal("2.08"), Decimal("0.32")]
    client.force_login(accounts.member("CSG-GD-ZQ", "company_viewer"))
    for given in found["outage_notice_in_time"].inputs.values():
        assert len(client.get(given["url"]).context["page"].items) == int(given["value"])


def test_who_filed_no_outage_has_no_value_instead_of_the_best(catalogues):
    """Guangzhou serves residents too and says nothing of any outage: its hours are not known."""
    bureau = accounts.organisation("CSG-GD-GZ")
    residents.enter(
        organisation=bureau,
        count=1000,
        valid_from=date(2011, 1, 1),
        basis="年报",
        by=accounts.member("CSG-GD-GZ", "company_filer"),
        now=at("2011-11-01 09:00"),
    )
    asked = Indicator.objects.filter(code__in=("outage_hours_noticed", "outage_times_noticed"))
    services.compute(NOVEMBER, indicators=asked, now=NOW)
    found = IndicatorValue.objects.filter(organisation=bureau)
    assert [one.value for one in found if one.value is not None] == []
