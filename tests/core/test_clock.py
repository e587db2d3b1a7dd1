"""The clock at the edges: it stands where the demo puts it, and nowhere else moves."""

from datetime import date, datetime, timedelta

import pytest

from core import clock
from core.errors import Refused


def test_the_clock_stands_where_it_is_put_and_runs_again_afterwards():
    instant = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
    with clock.standing_at(instant):
        assert clock.now() == instant
        assert clock.today() == date(2011, 11, 24)
        assert clock.is_moved()
    assert not clock.is_moved()
    assert clock.now().year >= 2026


def test_a_production_portal_refuses_to_move_its_clock(settings):
    settings.CLOCK_MAY_MOVE = False
    with pytest.raises(Refused), clock.standing_at(clock.at(date(2011, 11, 24))):
        pass


def test_the_demo_offset_is_ignored_outside_the_demo(settings, monkeypatch):
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "-86400")
    settings.DEMO = False
    outside = clock.now()
    settings.DEMO = True
    assert timedelta(hours=23) < outside - clock.now() < timedelta(hours=25)
