"""In which grid a place lies: by account, transformer area, line, address, coordinates, or nobody
knows and says why."""

from datetime import date

import pytest

from grids import services
from grids.queries.locating import Clue, grid_for, grids_for
from tests.factories import grids as make
from tests.factories.accounts import organisation
from tests.factories.grids import ENTERPRISE, START

pytestmark = pytest.mark.django_db
DAY = date(2011, 11, 24)
SQUARE = [[112.70, 23.30], [112.72, 23.30], [112.72, 23.32], [112.70, 23.32], [112.70, 23.30]]
BESIDE = [[112.72, 23.30], [112.74, 23.30], [112.74, 23.32], [112.72, 23.32], [112.72, 23.30]]


@pytest.fixture
def world(catalogues):
    line = make.feeder()
    east = make.grid(
        places=("东城社区", "光明路"), boundary={"type": "Polygon", "coordinates": [SQUARE]}
    )
    west = make.grid(
        "SH-02",
        "城中二网格",
        places=("城中社区", "东城"),
        boundary={"type": "Polygon", "coordinates": [BESIDE]},
    )
    one = make.area("T001", "1号台区", feeder=line, grid=east)
    make.area("T002", "2号台区", feeder=line, grid=west)
    services.place_accounts(organisation(ENTERPRISE), [("0512 0001", one)], by=None, now=START)
    make.area("T003", "3号台区")
    return {"east": east, "west": west, "": None}


# What is known → the grid, or the reason why there is none; by hand.
CASES = [
    (Clue(account="05120001"), "east", ""),
    (Clue(account="05120009"), "", "unknown"),
    (Clue(), "", "no_clue"),
    (Clue(transformer_area="T002", region="441284"), "west", ""),
    # The code of an enterprise's area; the same code stands elsewhere, too.
    (Clue(transformer_area="T002"), "", "no_county"),
    (Clue(transformer_area="1号台区", region="441200"), "", "no_county"),
    (Clue(transformer_area="1号台区", address="四会市某处"), "east", ""),
    (Clue(transformer_area="T003", region="441284"), "", "unknown"),
    (Clue(transformer_area="T001", region="530000"), "", "unknown"),
    # The line runs through both; the address decides.
    (Clue(feeder="10kV城东线", region="441284"), "", "ambiguous"),
    (Clue(feeder="10kV城东线", address="四会市光明路8号"), "east", ""),
    (Clue(address="四会市东城社区12号"), "east", ""),
    (Clue(address="东城社区12号"), "", "no_county"),
    (Clue(address="东城社区12号", region="441284"), "east", ""),
    (Clue(address="东城大道12号", region="441284"), "west", ""),
    (Clue(address="城中社区光明路", region="441284"), "", "ambiguous"),
    (Clue(account="05120001", transformer_area="T002", region="441284"), "", "contradiction"),
    (Clue(point=(112.71, 23.31)), "east", ""),
    (Clue(point=(112.73, 23.31)), "west", ""),
    (Clue(point=(112.72, 23.31)), "", "ambiguous"),
    (Clue(point=(112.75, 23.31)), "", "unknown"),
    (Clue(account="05120001", point=(112.73, 23.31)), "", "contradiction"),
]


def test_each_clue_names_its_grid_or_nobody_and_many_at_once_say_the_same(world):
    wanted = [(world[name], reason) for _clue, name, reason in CASES]
    many = grids_for([clue for clue, _name, _reason in CASES], on=DAY)
    assert [(one.grid, one.reason) for one in many] == wanted
    for (clue, _name, _reason), (grid, reason) in zip(CASES, wanted, strict=True):
        said = {name: getattr(clue, name) for name in Clue.__dataclass_fields__}
        found = grid_for(**said, on=DAY)
        assert (found.grid, found.reason, bool(found.word)) == (grid, reason, bool(reason)), clue


def test_the_grid_of_a_day_is_that_of_the_day_and_the_unit_narrows(world):
    area = make.area("T001", "1号台区")
    services.assign_areas(world["west"], [area], valid_from=date(2011, 12, 1), by=None, now=START)
    clue = {"account": "05120001"}
    assert grid_for(**clue, on=date(2011, 11, 30)).grid == world["east"]
    assert grid_for(**clue, on=date(2011, 12, 1)).grid == world["west"]
    assert grid_for(**clue, on=date(2010, 12, 31)).reason == "unknown"
    other = organisation("CSG-GD-ZQ-GY")
    assert grid_for(**clue, organisation=other, on=DAY).reason == "unknown"
    near = organisation(ENTERPRISE)
    assert grid_for(transformer_area="2号台区", organisation=near, on=DAY).grid == world["west"]
    office = organisation("SERC-YN")
    assert grid_for(**clue, organisation=office, on=DAY).grid == world["east"]
