"""Periodic returns: opened by the clock, filed by two persons, accepted, corrected, read."""

from datetime import date

import pytest

from core import clock
from core.errors import Refused
from reporting.models import Return
from reporting.queries.returns import accepted_rows
from reporting.services import return_opening
from tests.factories import accounts, returns
from tests.factories.complaints import at

pytestmark = pytest.mark.django_db
GD, GZ = "CSG-GD", "CSG-GD-GZ"
DAY = date(2011, 11, 21)
MORNING = at("2011-11-22 09:00")
ROW = returns.DAILY


@pytest.fixture
def people(catalogues):
    return {
        "officer": accounts.member("SERC-NF", "regulator_officer"),
        "lead": accounts.member(GD, "company_lead"),
        "filer": accounts.member(GD, "company_filer"),
    }


@pytest.fixture
def daily(people):
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
        yield returns.owed("supply_daily", GD, DAY)


def hands(people):
    return {name: people[name] for name in ("filer", "lead", "officer")}


def test_a_collection_opens_every_period_of_every_unit_once(daily):
    opened = Return.objects.filter(code="supply_daily")
    assert set(opened.values_list("period_start", flat=True)) == {DAY, date(2011, 11, 22)}
    assert opened.count() == 2 * opened.values("organisation").distinct().count()
    assert return_opening.open_due(now=MORNING) == 0
    # Monday's figures are due on Tuesday at 10; Friday's on Monday.
    assert daily.due_at == at("2011-11-22 10:00")
    friday = at("2011-11-25 09:00")
    return_opening.open_due(now=friday)
    assert returns.owed("supply_daily", GD, friday.date()).due_at == at("2011-11-28 10:00")


def test_what_was_accepted_counts_until_a_correction_is_accepted(daily, people):
    units = [accounts.organisation(GD)]

    def complaints():
        found = accepted_rows("supply_daily", organisations=units, start=DAY, end=DAY)
        return [(str(unit), day, sheet, row["complaints"]) for unit, day, sheet, row in found]

    returns.accepted(daily, {"day": [ROW]}, **hands(people), now=MORNING)
    name = str(units[0])
    assert complaints() == [(name, DAY, "day", 8)]
    with pytest.raises(Refused, match="更正原因"):
        returns.filled(daily, {}, by=people["filer"], now=MORNING)
    later = at("2011-11-24 09:00")
    corrected = {"day": [{**ROW, "complaints": 9}]}
    version = returns.filed(
        daily, corrected, filer=people["filer"], lead=people["lead"], now=later, reason="漏统1件"
    )
    assert (version.number, version.is_late) == (2, False)
    assert complaints() == [(name, DAY, "day", 8)]
    from reporting.services import return_review

    return_review.accept(entry=daily, by=people["officer"], now=later)
    assert complaints() == [(name, DAY, "day", 9)]
