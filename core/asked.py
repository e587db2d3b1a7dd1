"""What an address asks for, read so that nothing typed into it can break a page.

Days at the ends of the calendar of computers (0001-01-01, 9999-12-31) are taken for the first and
the last day that the portal reckons with: every arithmetic of days and zones still has room there.
"""

from __future__ import annotations

import re
from datetime import date

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

FIRST, LAST = date(1980, 1, 1), date(2100, 12, 31)
# Signs of the largest key of a row (2**63): what has as many is none.
LONGEST_KEY = 19
MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")


def within(day: date) -> date:
    """The day, or the nearest that the portal reckons with."""
    return min(max(day, FIRST), LAST)


def outside(day: date) -> str:
    """Why a day that somebody wrote down is beyond what the portal reckons with; else empty."""
    if FIRST <= day <= LAST:
        return ""
    return _("日期%(day)s须在%(first)s至%(last)s之间。") % {
        "day": day.isoformat(),
        "first": FIRST.isoformat(),
        "last": LAST.isoformat(),
    }


def day(text: str) -> date | None:
    """The day that a text names (2011-11-24), within the calendar; None where it names none."""
    try:
        found = parse_date(text.strip())
    except ValueError:
        return None
    return within(found) if found is not None else None


def number(text: str) -> int | None:
    """The whole number that a form or an address names, no larger than a key can be; else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_KEY else None


def month(text: str) -> date | None:
    """The first day of the month that a text names (2011-11); None where it names none."""
    found = MONTH.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        return None
    return within(date(int(found[1]), int(found[2]), 1)).replace(day=1)
