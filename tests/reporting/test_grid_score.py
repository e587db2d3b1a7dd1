"""The score of service in grids: six parts, each traced; what is not known is left out."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core import clock
from core.periods import Period
from reporting.models import Indicator, IndicatorValue
from reporting.services import indicators as services
from tests.factories import accounts, claims, outages
from tests.factories import grids as make
from tests.factories.outages import at
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
OCTOBER = Period(date(2011, 10, 1), date(2011, 10, 31))
NOW = clock.at(date(2011, 11, 24), 9)
ENTERPRISE = make.ENTERPRISE


def off(number, areas):
    begins = at("2011-10-12 08:00") + timedelta(days=number)
    outages.filed(f"D-{number}", planned_start=begins, planned_end=begins + timedelta(hours=9),
                  published_at=begins - timedelta(days=8), actual_start=begins, lines=[],
                  area="四会市东城街道", transformer_areas=areas)  # fmt: skip


def whistled(world):
    """Five claims, all reported in within ten minutes; four led to their end within a day and
    asked, of whom one is not content and says that nothing is solved; two are of hazards, one of
    these is still open, long after its day."""
    for day in range(11, 15):
        steps = (("whistle", "09:00"), ("take", "09:10"), ("reply", "15:00"), ("close", "16:00"))
        kind, unhappy = ("hazard", None) if day == 11 else ("opinion", None)
        if day == 14:
            unhappy = {"solved": False, "satisfaction": "not_content"}
        moments = [(name, f"10-{day} {hour}") for name, hour in steps]
        claims.through(world, *moments, kind=kind, confirm=unhappy)
    claims.through(world, ("whistle", "10-17 09:00"), ("take", "10-17 09:10"), kind="hazard")


def score_of(client, period="2011-10"):
    asked = {"unit": ENTERPRISE, "period": period}
    page = client.get(reverse("reporting:grid_score"), asked)
    return page, next(one for one in page.context["cards"] if one.unit.code == ENTERPRISE)


def computed(period):
    codes = Indicator.objects.in_force(on=period.last).filter(code__startswith="grid_")
    services.compute(period, indicators=codes, now=NOW)


@pytest.mark.clause("S2-7.4")
def test_the_service_in_grids_is_scored_in_six_parts_each_of_which_opens_its_list(client):
    world = claims.ground()
    for number in range(9):
        make.area(f"T00{number}", f"东城{number}号台区", grid=world.grid)
    with clock.standing_at(NOW):
        whistled(world)
        # Ten places: nine in the register, one that it does not know.
        off(1, [f"东城{n}号台区" for n in range(9)])
        off(2, ["无名台区"])
        computed(OCTOBER)
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        page, card = score_of(client)
        told = {
            line.indicator.code: (line.shown, None if score is None else str(score))
            for line, score in card.lines
        }
        assert told == {
            "grid_response": ("100.00", "100.0"),
            # 3 of 4: (75 − 70) ÷ 30.
            "grid_solution": ("75.00", "16.7"),
            "grid_satisfaction": ("75.00", "16.7"),
            # 4 of 5: the open one is late.
            "grid_in_time": ("80.00", "0.0"),
            "grid_hazards": ("50.00", "0.0"),
            "grid_data_accuracy": ("—", None),
        }
        # (20×100 + 20×16.67 + 20×16.67 + 20×0 + 10×0) ÷ 90 of 100.
        assert (str(card.total.shown), card.total.known, card.rank) == ("29.6", 90, 1)
        # The notices are those of the bureau above, and so is the accuracy: nine of ten.
        values = IndicatorValue.objects.of(OCTOBER).filter(indicator__code="grid_data_accuracy")
        by_unit = {one.organisation.code: one.value for one in values}
        assert (by_unit["CSG-GD-ZQ"], by_unit["CSG-GD"], by_unit.get("CSG-YN")) == (90, 90, None)
        traced = client.get(reverse("reporting:indicator_value", args=[values[0].pk]))
        assert reverse("reporting:grid_outages_unplaced") in traced.content.decode()
        value = card.lines[1][0].value
        [solved, visited] = [one["url"] for one in value.inputs.values()]
        client.force_login(world.lead)
        for url, count in ((solved, 3), (visited, 4)):
            assert client.get(url).context["total"] == count
        # A month without claims has no rates instead of bad ones.
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        computed(OCTOBER.previous())
        page, card = score_of(client, "2011-09")
        assert (card.total.shown, card.total.known) == (None, 0)
        assert "齐全度不到30%的不排名" in text_of(page)
