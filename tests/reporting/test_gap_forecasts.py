"""Gap forecasts (S1-2.1.1a): published, revised, compared with what came true, reported."""

from datetime import date
from decimal import Decimal

import pytest

from core.clock import at, standing_at
from core.errors import Refused
from reporting import shortage
from reporting.models import GapForecast
from reporting.ordered.forecasting import Pair, errors
from reporting.services import forecasts
from reporting.services.forecasts import Band
from tests.factories import accounts

pytestmark = pytest.mark.django_db

DAY = date(2011, 11, 24)
NOW = at(date(2011, 11, 23), 10, 0)


def band(gap="120", peak="1000", begin=480, end=780, day=DAY):
    return Band(day, begin, end, Decimal(gap), Decimal(peak), "来水偏枯，煤电机组检修")


@pytest.fixture
def filer(catalogues):
    return accounts.member("CSG-GD-GZ", "company_filer")


def test_a_gap_over_a_tenth_of_the_peak_is_to_be_reported_within_a_working_day(filer):
    guangzhou = accounts.organisation("CSG-GD-GZ")
    tenth, over = forecasts.publish(
        guangzhou, bands=[band("100"), band("100.01", begin=780, end=1440)], by=filer, now=NOW
    )
    assert tenth.report_due_at is None
    # Wednesday 23 November; one working day on is Thursday, to its last second.
    assert over.report_due_at == at(date(2011, 11, 24), 23, 59, 59)
    assert list(GapForecast.objects.to_report()) == [over]


def test_bands_of_a_day_do_not_overlap_and_a_revision_keeps_what_stood(filer):
    guangzhou = accounts.organisation("CSG-GD-GZ")
    (first,) = forecasts.publish(guangzhou, bands=[band()], by=filer, now=NOW)
    with pytest.raises(Refused, match="重叠"):
        forecasts.publish(guangzhou, bands=[band(begin=700, end=900)], by=filer, now=NOW)
    (second,) = forecasts.publish(guangzhou, bands=[band("150")], by=filer, now=NOW)
    first.refresh_from_db()
    assert first.replaced_at == NOW
    assert first.gap_mw == Decimal(120)
    assert list(GapForecast.objects.standing()) == [second]
    # A larger gap does not begin the time to report anew.
    assert second.report_due_at == first.report_due_at
    with pytest.raises(Refused, match="还没有结束"):
        forecasts.enter_actual(second, gap_mw=Decimal(90), peak_mw=Decimal(990), by=filer, now=NOW)


def test_errors_of_forecasts_by_hand():
    told = errors(
        [
            Pair(Decimal(120), Decimal(100)),
            Pair(Decimal(80), Decimal(100)),
            Pair(Decimal(0), Decimal(50)),
            Pair(Decimal(30), Decimal(0)),
        ]
    )
    # 20 − 20 − 50 + 30 = −20 of four; 20 + 20 + 50 + 30 = 120 of four; 100 − 100·120/250 = 52.
    assert (told.mean, told.mean_absolute) == (Decimal("-5.00"), Decimal("30.00"))
    assert (told.largest, told.accuracy) == (Decimal(-50), Decimal("52.00"))
    assert (told.missed, told.spurious) == (1, 1)
    assert Pair(Decimal(120), Decimal(110)).rate == Decimal("9.09")


@pytest.mark.parametrize(
    ("gap", "grade"), [("200", "Ⅰ"), ("199", "Ⅱ"), ("100", "Ⅱ"), ("50", "Ⅲ"), ("49.9", "Ⅳ")]
)
def test_grades_of_2011_by_share_of_the_peak(catalogues, gap, grade):
    rules = shortage.plan_rules(accounts.organisation("CSG-GD-GZ"), on=DAY)
    assert shortage.grade_of(Decimal(gap), Decimal(1000), rules).grade == grade


def test_only_the_unit_itself_forecasts(filer):
    with standing_at(NOW), pytest.raises(Refused):
        forecasts.publish(accounts.organisation("CSG-GD-SZ"), bands=[band()], by=filer, now=NOW)
