"""Sums of a roll-up are the sums of its parts, whatever the tree; a comparison loses nobody."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.plans import comparing, rollup
from reporting.plans.rollup import Part
from tests.factories.plans import ROW

sums = st.none() | st.dictionaries(st.sampled_from("ⅣⅢⅡⅠ"), st.integers(0, 10**9))
# The first draw of a process is slow: Hypothesis then reads the project for numbers worth a try.
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def grown(said):
    """A tree of what was said of each unit: below which earlier one it stands, its sums."""
    below = {}
    for number, (above, _own, _expected) in enumerate(said[1:], start=1):
        below.setdefault(above % number, []).append(number)

    def part(number):
        _above, own, expected = said[number]
        return Part(number, own, tuple(map(part, below.get(number, []))), expected)

    return part(0)


units = st.tuples(st.integers(0, 10**6), sums, st.booleans())
parts = st.lists(units, min_size=1, max_size=12).map(grown)


@quick
@given(parts)
def test_the_sum_of_a_tree_is_the_sum_of_its_parts_at_every_level(tree):
    everything = [one for _depth, one in rollup.flat(tree)]
    by_hand = {grade: sum((one.own or {}).get(grade, 0) for one in everything) for grade in "ⅣⅢⅡⅠ"}
    assert {grade: rollup.total(tree)[grade] for grade in "ⅣⅢⅡⅠ"} == by_hand
    for one in everything:
        below = sum((rollup.total(part) for part in one.parts), start=Counter(one.own or {}))
        assert +rollup.total(one) == +below


@quick
@given(parts)
def test_every_unit_that_is_asked_either_has_a_plan_or_is_missing(tree):
    have, asked = rollup.complete(tree)
    assert have + len(rollup.missing(tree)) == asked


users = st.lists(
    st.builds(
        lambda user, kw, grade: ROW | {"user_no": user, "reducible_kw": kw, "grade": grade},
        st.sampled_from("abcdefgh"),
        st.integers(1, 3),
        st.sampled_from("ⅣⅢ"),
    ),
    unique_by=lambda row: row["user_no"],
)


@quick
@given(users, users)
def test_who_came_went_changed_or_stayed_is_everybody(before, after):
    found = comparing.compare(before, after)
    assert len(found.came) + len(found.changed) + found.same == len(after)
    assert len(found.went) + len(found.changed) + found.same == len(before)
    assert found.kw_after - found.kw_before == sum(r["reducible_kw"] for r in after) - sum(
        r["reducible_kw"] for r in before
    )
    assert comparing.compare(before, before).same == len(before)


def test_a_change_is_told_by_column_before_and_after():
    (change,) = comparing.compare([ROW], [ROW | {"reducible_kw": 500, "grade": "Ⅲ"}]).changed
    assert change.fields == [("grade", "Ⅳ", "Ⅲ"), ("reducible_kw", 600, 500)]
