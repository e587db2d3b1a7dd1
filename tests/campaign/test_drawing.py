"""The double random draw: fair, without conflicts, and to be replayed, whatever the drum."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.drawing import Candidate, Pool, draw, seal
from core.errors import Refused

SEEDS = st.text("0123456789abcdef", min_size=1, max_size=8)


@st.composite
def pools(make):
    units = [f"U{number}" for number in range(make(st.integers(1, 12)))]
    offices = {code: make(st.sampled_from("AB")) for code in units}
    inspectors = tuple(
        Candidate(
            f"Z{number}",
            f"检查员{number}",
            make(st.sampled_from("ABC")),
            frozenset(make(st.lists(st.sampled_from(units), max_size=3))),
        )
        for number in range(make(st.integers(0, 8)))
    )
    return Pool(
        units={code: f"单位{code}" for code in units},
        offices=offices,
        inspectors=inspectors,
        unit_count=make(st.integers(0, 13)),
        team_size=make(st.integers(1, 4)),
        cross_region=make(st.booleans()),
    )


@settings(max_examples=120, deadline=None)
@given(pools(), SEEDS)
def test_no_conflict_no_unit_twice_and_the_same_seed_gives_the_same(pool, seed):
    people = {one.certificate: one for one in pool.inspectors}
    free = {unit: [i for i in people.values() if unit not in i.barred] for unit in pool.units}
    try:
        result = draw(pool, seed)
    except Refused:
        # Refused only for a reason: numbers out of range, or some unit that cannot have its team.
        short = any(
            len(free[unit]) < pool.team_size
            or (pool.cross_region and all(i.office == pool.offices[unit] for i in free[unit]))
            for unit in pool.units
        )
        assert pool.team_size < 2 or not 1 <= pool.unit_count <= len(pool.units) or short
        return
    drawn = [unit for unit, _team in result]
    assert len(drawn) == len(set(drawn)) == pool.unit_count
    assert set(drawn) <= pool.units.keys()
    served = Counter()
    for unit, team in result:
        assert len(set(team)) == len(team) == pool.team_size
        assert not any(unit in people[one].barred for one in team)
        if pool.cross_region:
            assert any(people[one].office != pool.offices[unit] for one in team)
        else:
            # Nobody goes again while somebody who may go has gone less often.
            waiting = {i.certificate for i in free[unit]} - set(team)
            assert max(served[one] for one in team) <= min(
                (served[one] for one in waiting), default=10**6
            )
        served.update(team)
    again = Pool.from_json(pool.as_json())
    assert draw(again, seed) == result
    assert seal(again, seed, result) == seal(pool, seed, result)
    assert seal(pool, seed + "0", result) != seal(pool, seed, result)


def test_a_draw_can_be_replayed_by_hand():
    pool = Pool(
        units={"A": "甲", "B": "乙", "C": "丙"},
        offices=dict.fromkeys("ABC", "X"),
        inspectors=tuple(Candidate(f"Z{n}", f"{n}", "X") for n in range(3)),
        unit_count=2,
        team_size=2,
    )

    def mark(text):
        return hashlib.sha256(text.encode()).hexdigest()

    first, second = sorted("ABC", key=lambda code: mark(f"2012|unit|{code}"))[:2]
    result = draw(pool, "2012")
    assert [unit for unit, _team in result] == [first, second]
    team = sorted(("Z0", "Z1", "Z2"), key=lambda one: mark(f"2012|inspector|{first}|{one}"))[:2]
    assert list(result[0][1]) == team
    # Whoever stayed at home goes first to the second unit.
    (rested,) = {"Z0", "Z1", "Z2"} - set(team)
    assert result[1][1][0] == rested


def test_every_unit_has_the_same_chance():
    pool = Pool(
        units={f"U{n}": str(n) for n in range(5)},
        offices={f"U{n}": "X" for n in range(5)},
        inspectors=tuple(Candidate(f"Z{n}", f"{n}", "X") for n in range(2)),
        unit_count=1,
        team_size=2,
    )
    counts = Counter(draw(pool, str(seed))[0][0] for seed in range(2000))
    # 400 each; six standard deviations are 107.
    assert set(counts) == set(pool.units)
    assert all(abs(count - 400) < 107 for count in counts.values())


def test_a_draw_without_enough_people_draws_nobody():
    pool = Pool(
        units={"A": "甲局"},
        offices={"A": "X"},
        inspectors=(Candidate("Z0", "0", "X"), Candidate("Z1", "1", "X", frozenset("A"))),
        unit_count=1,
        team_size=2,
    )
    with pytest.raises(Refused, match="甲局的检查人员不足2人"):
        draw(pool, "1")
