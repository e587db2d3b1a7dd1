"""What was carried out held against the plan: each deviation planted once, by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.clock import at
from reporting.ordered.executing import Done, Event, Planned, deviations, energy_kwh

DAY = date(2011, 11, 22)


def done(
    number, user="", line="L1", measure="错峰", means="用户自控", kw="500", hours=(9, 11), **more
):
    begin, end = (at(DAY, hour) for hour in hours)
    return Done(number, user, line, measure, means, Decimal(kw), begin, end, **more)


def planned(user="", line="L1", measure="错峰", means="用户自控", kw="500", **more):
    return Planned(user, line, measure, means, Decimal(kw), **more)


PLAN = [
    planned("U1"),
    planned("U2", measure="避峰", means="负控终端", kw="800"),
    planned("U3", measure="限电", kw="300"),
    planned("", "L9", "拉闸", "线路开关", "2000"),
    planned("H1", measure="限电", protected=True),
]
EVENT = Event(
    started_at=at(DAY, 8),
    until=at(DAY, 22),
    released_at=at(DAY, 20),
    now=at(DAY, 21),
    plan=PLAN,
)
MILD = [
    done(1, "U1"),
    done(2, "U2", measure="避峰", means="负控终端", kw="800"),
    done(3, "U3", measure="限电", kw="300"),
]


def found(rows, event=EVENT):
    return [(one.key, one.numbers) for one in deviations(rows, event)]


def test_what_follows_the_plan_deviates_in_nothing():
    cut = done(4, "", "L9", "拉闸", "线路开关", "2000", feeder_cut=True)
    assert found([*MILD, cut]) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([done(1, "U7")], [("not_in_plan:1", (1,))]),
        ([done(1, "U1", kw="500.01")], [("more_than_plan:1", (1,))]),
        # U1's peak shifting and U2's avoidance were still unused when U3 was limited.
        ([done(3, "U3", measure="限电", kw="300")], [("wrong_order:限电", (3,))]),
        (
            [done(1, "U1", households=3, resident_lines=1)],
            [("residents_hit:1", (1,))],
        ),
        ([*MILD, done(4, "H1", measure="限电")], [("protected_hit:4", (4,))]),
        ([done(1, "U1", hours=(7, 9))], [("outside_times:1", (1,))]),
        ([done(1, "U1", hours=(19, 21))], [("outside_times:1", (1,))]),
    ],
)
def test_each_deviation_is_found_and_nothing_else(rows, expected):
    assert found(rows) == expected


def test_a_feeder_is_cut_only_when_load_control_is_used_up():
    rows = [
        MILD[0],
        replace(MILD[1], from_at=at(DAY, 12), to_at=at(DAY, 13)),
        MILD[2],
        done(4, "", "L9", "拉闸", "线路开关", "2000", feeder_cut=True),
    ]
    told = deviations(rows, EVENT)
    assert [one.key for one in told] == ["wrong_order:限电", "wrong_order:拉闸", "control_unused:4"]
    assert told[2].facts["unused"] == Decimal(800)
    # Where the plan names no terminals, what the register says the unit can control counts.
    bare = replace(EVENT, plan=[PLAN[3]], control_kw=Decimal(1500))
    assert found([rows[3]], bare) == [("control_unused:4", (4,))]


def test_a_mixed_line_is_not_cut_whatever_the_measure_is_called():
    rows = [*MILD[:2], done(3, "U3", "L3", "限电", "线路开关", "300", feeder_cut=True)]
    expected = [("not_as_planned:3", (3,)), ("mixed_cut:3", (3,))]
    assert found(rows, replace(EVENT, mixed_lines={"L3"})) == expected


def test_measures_of_other_hours_are_not_skipped():
    night = [planned("U1", from_minute=22 * 60, to_minute=6 * 60), PLAN[2]]
    event = replace(EVENT, plan=night)
    assert found([done(1, "U3", measure="限电", kw="300")], event) == []
    late = done(1, "U3", measure="限电", kw="300", hours=(18, 20))
    assert found([late], event) == []
    assert night[0].covers(at(DAY, 21), at(DAY, 23))


def test_without_a_plan_all_of_it_is_one_deviation_and_late_ends_are_told():
    event = replace(
        EVENT, plan=None, until=at(DAY, 18), report_due_at=at(DAY, 20), reported_at=at(DAY, 21)
    )
    assert found(MILD, event) == [
        ("no_plan", (1, 2, 3)),
        ("released_late", ()),
        ("reported_late", ()),
    ]
    # Not released at all yet, and the approved time is over.
    running = replace(EVENT, until=at(DAY, 20), released_at=None)
    assert found([], running) == [("released_late", ())]


def test_energy_is_load_times_hours():
    assert energy_kwh(Decimal("500"), at(DAY, 9), at(DAY, 10, 20)) == Decimal("666.667")
