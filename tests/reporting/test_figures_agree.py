"""Figures of stage reports say what the lists and pages of the same matters say."""

from datetime import date
from decimal import Decimal

import pytest

from core import clock
from reporting import figures
from reporting.models import Indicator, IndicatorValue, Return
from reporting.queries import return_lists
from reporting.services import return_review
from tests.factories import accounts, returns
from tests.factories import campaign as campaigns
from tests.factories.complaints import at
from tests.reporting.test_returns import DAY, GD, MORNING, ROW

pytestmark = pytest.mark.django_db


def taken(campaign, now, *keys):
    office = accounts.organisation("SERC-NF")
    scope = figures.Scope(campaign, campaign.phases.get(number=1), office, now)
    rows = figures.take(scope, keys)
    return [figures.added(rows[key], figures.CATALOGUE[key].total) for key in keys]


def test_a_late_return_stays_late_in_its_own_days_after_it_was_sent_back(catalogues):
    """Due on Tuesday, filed on Thursday, sent back with three working days: all the while one of
    the returns of Tuesday, and late; put right in time it is late still."""
    campaign = campaigns.launched_campaign()
    filer, lead = (accounts.member(GD, f"company_{role}") for role in ("filer", "lead"))
    officer = accounts.member("SERC-NF", "regulator_officer")
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
    Return.objects.exclude(period_start=DAY).delete()
    entry, late = returns.owed("supply_daily", GD, DAY), at("2011-11-24 09:00")
    before = at("2011-11-25 09:00")

    def told(now):
        listed = return_lists.counts(Return.objects.all(), now=now)
        keys = ("returns.owed", "returns.filed", "returns.late", "returns.missing")
        counted = taken(campaign, now, *keys)
        filed = listed["late"] + listed["in_time"]
        assert counted == [listed["due"], filed, listed["late"], listed["missing"]]
        return counted[1:3]

    with clock.standing_at(late):
        returns.filed(entry, {"day": [ROW]}, filer=filer, lead=lead, now=late)
        assert told(before) == [1, 1]
        named = {"sheet": "日报", "cell": "J4", "problem": "与95598报表不一致", "rule": "二（二）2"}
        return_review.send_back(entry=entry, deficient=[named], by=officer, now=late)
        # Its new deadline is still to come.
        assert told(before) == [1, 1]
        again = {"day": [{**ROW, "complaints": 9}]}
        returns.filed(entry, again, filer=filer, lead=lead, now=before)
        assert told(at("2011-11-30 09:00")) == [1, 1]


def test_a_value_that_lacks_some_of_its_units_is_not_called_short_of_its_limit(catalogues):
    campaign, now = campaigns.launched_campaign(), at("2011-12-05 09:00")
    asked = Indicator.objects.filter(direction="up", threshold__isnull=False).earliest("pk")
    days = {"first_day": date(2011, 11, 1), "last_day": date(2011, 11, 30)}
    for unit, inputs in ((GD, {}), ("CSG-GX", {"n": {"value": "1", "owed": 2}})):
        IndicatorValue.objects.create(
            indicator=asked,
            organisation=accounts.organisation(unit),
            value=asked.threshold - Decimal(1),
            inputs=inputs,
            computed_at=now,
            **days,
        )
    assert taken(campaign, now, "indicators.values", "indicators.below") == [2, 1]
