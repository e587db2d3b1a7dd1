"""What every test stands on: no network, a clock that stands still where asked, catalogues."""

from datetime import datetime

import pytest

from core import clock


@pytest.fixture
def kickoff_eve():
    """Hold the clock at the morning of 2011-11-24, one day before the reports are due."""
    instant = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
    with clock.standing_at(instant):
        yield instant
