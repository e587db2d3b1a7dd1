"""Deadlines reckoned another way: day by day on a wall calendar that is not ours.

Shares nothing with ``core``: the working days come from the package chinesecalendar, days are
struck off one at a time, minutes are counted as whole numbers since 2000.
"""

import random
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

import chinese_calendar

BEIJING = timezone(timedelta(hours=8))
FIRST, LAST = date(2011, 1, 1), date(2026, 12, 31)
LIMITS = {"minutes": 4000, "hours": 900, "calendar_days": 120, "working_days": 75}


@cache
def worked(day):
    return chinese_calendar.is_workday(day)


def due_of(line):
    """The deadline of one line of a batch, as ISO 8601 text."""
    start = datetime.fromisoformat(line["start"]).astimezone(BEIJING)
    value, unit = line["allowance"]["value"], line["allowance"]["unit"]
    extension = line.get("extension")
    value += extension["value"] if isinstance(extension, dict) else extension or 0
    if unit in ("minutes", "hours"):
        return _run_through(start, value * (60 if unit == "hours" else 1), line["pauses"])
    counts = worked if unit == "working_days" else lambda _day: True
    left = value + sum(_paused(pause, counts) for pause in line["pauses"])
    day = start.date()
    while left:
        day += timedelta(days=1)
        left -= 1 if counts(day) else 0
    if unit == "calendar_days" and line.get("roll", True):
        while not worked(day):
            day += timedelta(days=1)
    return f"{day.isoformat()}T23:59:59+08:00"


def _run_through(start, minutes, pauses):
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    seconds = int((start - epoch).total_seconds()) + 60 * minutes
    for pause in pauses:
        begin, end = (datetime.fromisoformat(pause[key]) for key in ("from", "to"))
        seconds += int((end - epoch).total_seconds()) - int((begin - epoch).total_seconds())
    return (epoch + timedelta(seconds=seconds)).astimezone(BEIJING).isoformat()


def _paused(pause, counts):
    day = datetime.fromisoformat(pause["from"]).astimezone(BEIJING).date()
    end = datetime.fromisoformat(pause["to"]).astimezone(BEIJING).date()
    days = 0
    while day < end:
        day += timedelta(days=1)
        days += 1 if counts(day) else 0
    return days


def random_lines(count, seed):
    """Events of 2011–2026 whose deadlines fall in those years too, with what they must come to."""
    rng = random.Random(seed)
    lines = []
    while len(lines) < count:
        line = _random_line(rng, len(lines))
        try:
            expected = due_of(line)
        except NotImplementedError:  # the other calendar ends with 2026
            continue
        if expected[:10] <= LAST.isoformat():
            lines.append((line, expected))
    return lines


def _random_line(rng, number):
    day = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    start += timedelta(seconds=rng.randrange(86400))
    unit = rng.choice(list(LIMITS))
    line = {
        "id": f"D{number}",
        "start": start.astimezone(rng.choice([BEIJING, UTC])).isoformat(),
        "allowance": {"value": rng.randint(1, LIMITS[unit]), "unit": unit},
        "pauses": _random_pauses(rng, start),
    }
    if rng.random() < 0.4:
        more = rng.randint(1, LIMITS[unit] // 3)
        line["extension"] = rng.choice([more, {"value": more, "unit": unit}])
    if rng.random() < 0.2:
        line["roll"] = rng.random() < 0.5
    return line


def _random_pauses(rng, start):
    """Up to three pauses, one after the other."""
    pauses = []
    for _each in range(rng.choice([0, 0, 1, 2, 3])):
        begin = start + timedelta(minutes=rng.randrange(6 * 1440))
        start = begin + timedelta(minutes=rng.randrange(9 * 1440))
        pauses.append({"from": begin.isoformat(), "to": start.isoformat()})
    return pauses
