"""Numbers out of accepted returns: added up along the tree, never over a missing month."""

from datetime import date
from decimal import Decimal

from core.periods import Period
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope, Unit
from reporting.queries import return_inputs
from reporting.queries.return_inputs import Filed

# Paths of four signs a step: a province, two bureaus, a county below the first.
PROVINCE, FIRST, COUNTY, SECOND = "00010001", "000100010001", "0001000100010001", "000100010002"
QUARTER = Period(date(2012, 1, 1), date(2012, 3, 31))
LOST = {"source": "returns", "form": "reliability", "sheet": "reliability", "sum": "lost_hours"}


def month(path, number, *rows, sheet="reliability"):
    last = {1: 31, 2: 29, 3: 31}[number]
    days = (date(2012, number, 1), date(2012, number, last))
    return Filed(number, path, path, "月报", "monthly", 1, *days, {sheet: rows})


def row(area="城市", lost="10.5", users=100, **more):
    return {"area": area, "lost_hours": lost, "users": users, **more}


def numbers(spec, *filed, period=QUARTER):
    units = [Unit(n, path, path) for n, path in enumerate((PROVINCE, FIRST, COUNTY, SECOND))]
    held = {}
    for one in filed:
        held.setdefault(one.path, []).append(one)
    scope = Scope(units, period, None, {"returns:reliability": held})
    found = sources.read(spec, scope)
    return [found[unit.pk].value for unit in units]


def three(path, *rows):
    return [month(path, n, *rows) for n in (1, 2, 3)]


def test_a_unit_counts_with_its_own_return_else_with_the_sum_of_those_below():
    filed = [*three(COUNTY, row(lost="1.25")), *three(SECOND, row(lost="2"))]
    third = Decimal("3.75")
    assert numbers(LOST, *filed) == [third + 6, third, third, 6]
    own = [*filed, *three(FIRST, row(lost="100"))]
    assert numbers(LOST, *own) == [306, 300, third, 6]


def test_a_missing_month_leaves_the_quarter_without_a_value():
    filed = three(FIRST, row())[:2]
    assert numbers(LOST, *filed) == [None, None, None, None]
    january = Period(date(2012, 1, 1), date(2012, 1, 31))
    assert numbers(LOST, filed[0], period=january)[1] == Decimal("10.5")


def test_a_stock_is_told_by_the_last_return():
    filed = [month(FIRST, n, row(users=n * 100)) for n in (1, 2)]
    spec = {**LOST, "last": "users"}
    del spec["sum"]
    assert numbers(spec, *filed)[1] == 200


def test_only_rows_that_fit_are_added():
    rows = (row(), row("农村", "7"), row("农村", None))
    assert numbers({**LOST, "where": {"area": "农村"}}, *three(FIRST, *rows))[1] == 21
    several = {**LOST, "where": {"area": ["城市", "农村"]}}
    assert numbers(several, *three(FIRST, *rows))[1] == Decimal("52.5")


def test_rows_and_days_are_counted():
    rows = (
        {"kind": "居民", "accepted_on": "2012-01-02", "connected_on": "2012-01-07"},
        {"kind": "居民", "accepted_on": "2012-01-02", "connected_on": None},
        {"kind": "高压", "accepted_on": "2012-01-02", "connected_on": "2012-01-30"},
    )
    residents = {"where": {"kind": "居民"}, "filled": "connected_on", **LOST}
    del residents["sum"]
    filed = three(FIRST, *rows)
    assert numbers({**residents, "count": True}, *filed)[1] == 3
    assert numbers({**residents, "days": ["accepted_on", "connected_on"]}, *filed)[1] == 15


def test_what_nobody_filed_is_not_nought():
    assert return_inputs._of(PROVINCE, {}) == Input(None)


STOCK = {key: value for key, value in LOST.items() if key != "sum"} | {"last": "users"}
MARCH = Period(date(2012, 3, 1), date(2012, 3, 31))


def of_march(spec, *filed, owed):
    units = [Unit(n, path, path) for n, path in enumerate((PROVINCE, FIRST, COUNTY, SECOND))]
    held = {}
    for one in filed:
        held.setdefault(one.path, []).append(one)
    cache = {"returns:reliability": held, "owed:reliability": frozenset(owed)}
    found = sources.read(spec, Scope(units, MARCH, None, cache))
    return [found[unit.pk] for unit in units]


def test_users_of_a_unit_that_did_not_file_are_not_those_of_an_earlier_month():
    """One county filed March with 1 000 users and 7 440 hours; another February, 99 000 users:
    reliability is 1 − 7440 ÷ (1000 × 744) = 99 %, and it stands on one of two units."""
    filed = [
        month(FIRST, 3, row(lost="7440", users=1000)),
        month(SECOND, 2, row(lost="10", users=99000)),
    ]
    lost, users = (of_march(spec, *filed, owed={FIRST, SECOND})[0] for spec in (LOST, STOCK))
    assert (lost.value, users.value) == (7440, 1000)
    assert [(one.told, one.owed, one.is_partial) for one in (lost, users)] == [(1, 2, True)] * 2
    both = [*filed, month(SECOND, 3, row(lost="0", users=99000))]
    lost, users = (of_march(spec, *both, owed={FIRST, SECOND})[0] for spec in (LOST, STOCK))
    assert (lost.value, users.value, users.is_partial) == (7440, 100000, False)


def test_what_a_unit_filed_itself_is_whole_whatever_its_counties_did():
    filed = [month(FIRST, 3, row(users=500))]
    found = of_march(STOCK, *filed, owed={FIRST, COUNTY})
    assert (found[1].value, found[1].is_partial) == (500, False)
    assert (found[2].value, found[2].is_partial) == (None, False)
