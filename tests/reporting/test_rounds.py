"""When indicators are computed by themselves: on days of the month, each period once a round."""

from datetime import date

import pytest

from core import outbox
from core.models import Letter
from reporting import indicator_rounds
from reporting.models import IndicatorValue
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db


def test_the_periods_that_ended_lately_are_computed():
    found = [one.text for one in indicator_rounds.due(date(2018, 2, 10))]
    assert found == ["2018年1月", "2017年四季度", "2017年"]
    assert [one.text for one in indicator_rounds.due(date(2018, 6, 2))] == ["2018年5月"]


def test_each_round_computes_each_period_once(catalogues):
    received(received_at=at("2018-01-10 09:00"))
    for now in ("2018-02-02 08:00", "2018-02-02 12:00", "2018-02-03 09:00"):
        indicator_rounds.tick(now=at(now))
    jobs = Letter.objects.filter(kind=indicator_rounds.JOB)
    assert jobs.count() == 3
    outbox.run_due(now=at("2018-02-03 09:00"))
    value = IndicatorValue.objects.get(
        indicator__code="complaints_per_million",
        organisation__code="CSG-GD-ZQ",
        last_day=date(2018, 1, 31),
    )
    assert (value.inputs["complaints"]["value"], value.value) == ("1", None)
    # The tenth was missed; its round is made up for.
    indicator_rounds.tick(now=at("2018-02-12 09:00"))
    assert jobs.count() == 6
