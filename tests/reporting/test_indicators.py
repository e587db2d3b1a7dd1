"""Indicators: computed with the numbers that went in; corrected ones keep the old value."""

from datetime import date
from decimal import Decimal

import pytest

from complaints.models import Case
from core import clock
from core.periods import Period
from reporting.models import Indicator, IndicatorValue
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
FEBRUARY = Period(date(2018, 2, 1), date(2018, 2, 28))
NOW = at("2018-03-05 09:00")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


def rated(unit, *said):
    """A closed complaint for each thing that a complainant said."""
    for word in said:
        received(
            organisation=unit,
            received_at=at("2018-02-10 09:00"),
            state="closed",
            closed_at=at("2018-02-20 09:00"),
            outcome="substantiated",
            satisfaction=word,
            now=NOW,
        )


def value(code, unit, period=FEBRUARY):
    return (
        IndicatorValue.objects.standing()
        .of(period)
        .get(indicator__code=code, organisation__code=unit)
    )


def test_every_formula_of_the_catalogue_asks_for_its_inputs(catalogues):
    found = list(Indicator.objects.in_force(on=date(2018, 2, 28)))
    assert {one.code for one in found} >= {"rs1_urban", "voltage_total", "satisfaction_12398"}
    assert Indicator.objects.get(code="rs1_urban").threshold == 99
    # The limit came with the project of 2013.
    before = Indicator.objects.in_force(on=date(2011, 11, 24)).get(code="satisfaction_12398")
    after = next(one for one in found if one.code == "satisfaction_12398")
    assert (before.threshold, after.threshold) == (None, 90)


def test_a_value_says_what_it_was_computed_from_and_opens_it(client, catalogues):
    officer = accounts.member("SERC-NF", "regulator_officer")
    rated("CSG-GD-ZQ", "content", "fairly", "not_content", "unreachable")
    rated("CSG-GD-FS", "content")
    services.compute(FEBRUARY, now=NOW)
    zhaoqing = value("satisfaction_12398", "CSG-GD-ZQ")
    # 2 of 3 who were reached; the province has 3 of 4.
    assert zhaoqing.value == Decimal("66.67")
    assert value("satisfaction_12398", "CSG-GD").value == 75
    assert value("satisfaction_12398", "CSG-YN").value is None
    client.force_login(officer)
    for code in ("satisfaction_12398", "conduct_complaints"):
        for one in IndicatorValue.objects.filter(indicator__code=code, organisation__code="CSG-GD"):
            for number in one.inputs.values():
                assert client.get(number["url"]).context["total"] == int(number["value"])


def test_only_what_depends_on_a_correction_changes_and_the_old_value_stays(catalogues):
    rated("CSG-GD-ZQ", "content", "not_content")
    rated("CSG-YN", "content")
    services.compute(FEBRUARY, now=NOW)
    count = IndicatorValue.objects.count()
    assert services.compute(FEBRUARY, now=NOW) == services.Round(same=count)
    Case.objects.filter(satisfaction="not_content").update(satisfaction="fairly")
    done = services.compute(FEBRUARY, cause="更正", now=NOW)
    changed = IndicatorValue.objects.filter(superseded_by__isnull=False)
    # The unit, the province and the group.
    hit = {"CSG-GD-ZQ", "CSG-GD", "CSG"}
    assert set(changed.values_list("organisation__code", flat=True)) == hit
    assert set(changed.values_list("indicator__code", flat=True)) == {"satisfaction_12398"}
    assert (done.new, done.changed, done.same) == (0, len(hit), count - len(hit))
    old = changed.get(organisation__code="CSG-GD-ZQ")
    assert (old.value, old.superseded_by.value, old.superseded_by.cause) == (50, 100, "更正")
    # Corrected once more: one stands, and each of the earlier points to the next.
    Case.objects.filter(satisfaction="fairly").update(satisfaction="not_content")
    again = services.compute(FEBRUARY, cause="再次更正", now=NOW)
    assert (again.new, again.changed) == (0, len(hit))
    last = value("satisfaction_12398", "CSG-GD-ZQ")
    assert (last.value, last.supersedes.value, last.supersedes.supersedes) == (50, 100, old)


def test_a_company_sees_its_own_values_only(catalogues):
    rated("CSG-GD-ZQ", "content")
    rated("CSG-YN", "content")
    services.compute(FEBRUARY, now=NOW)

    def seen(user):
        values = IndicatorValue.objects.visible_to(user)
        return set(values.values_list("organisation__code", flat=True))

    own = seen(accounts.member("CSG-GD-ZQ", "company_viewer"))
    assert own == {"CSG-GD-ZQ", "CSG-GD-ZQ-SH", "CSG-GD-ZQ-GY"}
    assert "CSG-YN" not in seen(accounts.member("CSG-GD", "company_lead"))
    assert {"CSG-GD", "CSG-GD-ZQ"} <= seen(accounts.member("SERC-NF", "regulator_viewer"))
    assert seen(accounts.member("NEA-ROOT", "system_administrator")) == set()
