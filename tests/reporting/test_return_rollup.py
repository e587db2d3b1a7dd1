"""Roll-ups are pure arithmetic: every total is the sum of its parts, whatever the tree."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reporting.returns.definition import Sum
from reporting.returns.rollup import Unit, figures, flat, roll, tree

KEYS = [("day", "calls", ()), ("day", "energy", ("城市",)), ("day", "energy", ("农村",))]
amounts = st.integers(-(10**8), 10**8).map(lambda cents: Decimal(cents) / 100)
handed_in = st.none() | st.dictionaries(st.sampled_from(KEYS), amounts, max_size=3)


def units(children):
    return st.builds(
        Unit,
        key=st.integers(),
        name=st.sampled_from("甲乙丙丁"),
        owes=st.just(True),
        own=handed_in,
        children=children,
    )


trees = st.recursive(
    units(st.just(())), lambda below: units(st.lists(below, max_size=4).map(tuple)), max_leaves=25
)


def leaves(unit):
    return [leaf for child in unit.children for leaf in leaves(child)] or [unit]


def nodes(unit):
    return [unit] + [node for child in unit.children for node in nodes(child)]


@given(trees)
def test_a_total_is_the_sum_of_its_parts_at_every_level(unit):
    expected = Counter()
    for leaf in leaves(unit):
        for key, value in (leaf.own or {}).items():
            expected[key] += value
    total = roll(unit).total
    assert all(total.get(key, Decimal(0)) == expected[key] for key in KEYS)
    for _depth, line in flat(roll(unit)):
        if line.children:
            for key in KEYS:
                parts = sum(
                    (child.total.get(key, Decimal(0)) for child in line.children), Decimal(0)
                )
                assert line.total.get(key, Decimal(0)) == parts


@given(trees)
def test_what_is_filed_and_what_is_missing_make_up_what_is_owed(unit):
    rolled, everybody = roll(unit), nodes(unit)
    assert rolled.owed == len(everybody)
    assert rolled.filed == sum(node.own is not None for node in everybody)
    assert Counter(rolled.missing) == Counter(n.name for n in everybody if n.own is None)


def test_rows_are_added_by_their_kinds_and_units_by_their_paths():
    rows = {"day": [{"area": "城市", "users": 3}, {"area": "农村", "users": 4}, {"area": "城市"}]}
    assert figures([Sum("day", "users", ("area",))], rows) == {
        ("day", "users", ("城市",)): Decimal(3),
        ("day", "users", ("农村",)): Decimal(4),
    }

    class Place:
        def __init__(self, path):
            self.path = path

    found = tree(
        [Place("01"), Place("0101"), Place("01010203"), Place("02")],
        lambda place, children: Unit(place.path, place.path, True, None, children),
    )
    shape = [[(depth, line.unit.key) for depth, line in flat(roll(unit))] for unit in found]
    assert shape == [[(0, "01"), (1, "0101"), (2, "01010203")], [(0, "02")]]
