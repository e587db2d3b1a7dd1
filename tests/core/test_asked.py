"""Days and months of an address: read, or none, and never at the ends of the calendar."""

from datetime import date

import pytest

from core import asked


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2011-11-24", date(2011, 11, 24)),
        (" 2011-11-24 ", date(2011, 11, 24)),
        ("0001-01-01", date(1980, 1, 1)),
        ("9999-12-31", date(2100, 12, 31)),
        ("2011-02-30", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_a_day_is_read_within_the_calendar(text, day):
    assert asked.day(text) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2011-11", date(2011, 11, 1)),
        ("0001-01", date(1980, 1, 1)),
        ("9999-12", date(2100, 12, 1)),
        ("2011-13", None),
        ("2011", None),
        ("0000-01", None),
    ],
)
def test_a_month_is_read_within_the_calendar(text, month):
    assert asked.month(text) == month


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("9" * 18, 10**18 - 1),
        # No key of a row: more than a column holds, or more than is ever turned into a number.
        ("9" * 19, None),
        ("9" * 5000, None),
        ("٣", None),
        ("", None),
        ("-1", None),
    ],
)
def test_a_number_is_one_that_a_row_can_have(text, number):
    assert asked.number(text) == number
