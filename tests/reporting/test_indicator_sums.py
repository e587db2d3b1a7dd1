"""Numbers of indicators over random trees: a unit's number is that of its parts, however deep."""

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.periods import Period
from reporting.indicators import sources
from reporting.indicators.sources import Row, Scope, Unit
from reporting.queries import duty_inputs, return_inputs
from reporting.queries.return_inputs import Filed

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JANUARY = Period(date(2012, 1, 1), date(2012, 1, 31))
LOST = {"source": "returns", "form": "reliability", "sheet": "reliability", "sum": "lost_hours"}
amounts = st.none() | st.integers(0, 10**9).map(lambda cents: str(Decimal(cents) / 100))


def grown(said):
    """Paths of a tree of four signs a step, each below an earlier one, with what was said of it."""
    paths, children = [], {}
    for number, (above, own) in enumerate(said):
        parent = paths[above % number][0] if number else ""
        children[parent] = children.get(parent, 0) + 1
        paths.append((f"{parent}{children[parent]:04}", own))
    return dict(paths)


trees = st.lists(st.tuples(st.integers(0, 10**6), amounts), min_size=1, max_size=14).map(grown)


def units_of(tree):
    return [Unit(number, path, path) for number, path in enumerate(tree)]


def below(tree, path):
    return [one for one in tree if len(one) == len(path) + 4 and one.startswith(path)]


@quick
@given(trees)
def test_counts_of_a_unit_are_its_own_and_those_of_its_parts(tree):
    own = {path: int(Decimal(said or 0)) for path, said in tree.items()}
    units = units_of(tree)
    found = {one.path: n for one in units for n in [sources.rolled_up(own, units)[one.pk]]}
    for path in tree:
        assert found[path] == own[path] + sum(found[part] for part in below(tree, path))
    assert found["0001"] == sum(own.values())


@quick
@given(trees)
def test_returns_count_by_the_unit_itself_or_else_by_the_sum_of_its_parts(tree):
    held = {
        path: [
            Filed(1, path, path, "月报", "monthly", 1, JANUARY.first, JANUARY.last,
                  {"reliability": [{"lost_hours": said}]})
        ]
        for path, said in tree.items()
        if said is not None
    }  # fmt: skip
    units = units_of(tree)
    read = sources.read(LOST, Scope(units, JANUARY, None, {"returns:reliability": held}))
    found = {one.path: read[one.pk].value for one in units}

    def by_hand(path):
        if tree[path] is not None:
            return Decimal(tree[path])
        known = [n for n in map(by_hand, below(tree, path)) if n is not None]
        return sum(known) if known else None

    assert found == {path: by_hand(path) for path in tree}
    # What is traced adds up to what is told.
    for one in units:
        if found[one.path] is not None:
            assert sum(Decimal(row.value) for row in read[one.pk].rows) == found[one.path]
    assert len(tree) < return_inputs.MOST_ROWS


@quick
@given(trees)
def test_named_parts_are_counted_once_at_every_level(tree):
    own = {path: [Row(path, "1")] for path, said in tree.items() if said is not None}
    units = units_of(tree)
    found = duty_inputs._told(own, Scope(units, JANUARY, None))
    for one in units:
        assert found[one.pk].value == len(found[one.pk].rows)
        assert {row.place for row in found[one.pk].rows} == {
            path for path in own if path.startswith(one.path)
        }
