"""When indicators are computed by themselves: on days of each month, and after an acceptance.

The round posts jobs; each computes one period. A job that was posted once is not posted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import beats, clock, outbox
from core.models.letter import Letter
from core.periods import Period
from reporting import indicator_catalogue
from reporting.models import Indicator, ReturnVersion
from reporting.queries import indicators as queries
from reporting.services import indicators as services

JOB = "indicators.compute"
DAY = timedelta(days=1)
# Acceptances of so many days are looked through; older ones have their jobs long since.
LOOK_BACK = timedelta(days=3)
# A quarter and a year are computed again for so long after their end: cases are still being closed.
SETTLING = {"month": timedelta(days=31), "quarter": timedelta(days=60), "year": timedelta(days=120)}


def due(today: date) -> list[Period]:
    """The periods that ended lately."""
    return [one for one in queries.periods(today) if today - one.last <= SETTLING[one.kind]]


@outbox.register_tick("reporting.indicators")
def tick(*, now: datetime) -> None:
    """Post the jobs of the night, once a day, and those of returns that were accepted."""
    today = clock.day_of(now)
    if beats.is_time("round:indicators", now=now, every=DAY):
        # A day on which nothing ran is made up for: each round has its key.
        for day in indicator_catalogue.rounds():
            if day <= today.day:
                for period in due(today.replace(day=day)):
                    key = f"indicators:{today:%Y-%m}-{day:02}:{queries.written(period)}"
                    _post(period, key=key, now=now)
    accepted = ReturnVersion.objects.filter(accepted_at__gt=now - LOOK_BACK, accepted_at__lte=now)
    for version in accepted.select_related("entry__organisation", "entry__form"):
        after(version, now=now)


def after(version: ReturnVersion, *, now: datetime) -> None:
    """Compute again what depends on an accepted return: its indicators, its periods."""
    entry = version.entry
    codes = sorted(depending(entry.code))
    if not codes:
        return
    cause = _("%(unit)s%(title)s第%(n)d版（%(first)s）审核通过") % {
        "unit": entry.organisation,
        "title": entry.form.title,
        "n": version.number,
        "first": entry.period_start,
    }
    today = clock.day_of(now)
    for period in touched(entry.period_start, entry.period_end, today):
        key = f"indicators:return:{version.pk}:{queries.written(period)}"
        _post(period, key=key, codes=codes, cause=cause, now=now)


def after_rule(made: Indicator, *, today: date, now: datetime) -> None:
    """Compute again the periods that a further version governs."""
    cause = _("%(name)s自%(day)s起按新的规定") % {"name": made.name, "day": made.valid_from}
    for period in queries.periods(today):
        if period.last >= made.valid_from and period.kind in made.periods:
            key = f"indicators:rule:{made.pk}:{queries.written(period)}"
            _post(period, key=key, codes=[made.code], cause=cause, now=now)


def depending(form: str) -> set[str]:
    """Codes of the indicators that ask for a form."""
    return {
        one.code
        for one in Indicator.objects.all()
        if any(spec.get("form") == form for spec in one.inputs.values())
    }


def touched(first: date, last: date, today: date) -> Iterator[Period]:
    """The periods that are over and hold a return's days; for a stock, those that end later."""
    for period in queries.periods(today):
        if period.last >= last and period.first <= last:
            yield period


def _post(
    period: Period, *, key: str, now: datetime, codes: list[str] | None = None, cause: str = ""
) -> None:
    payload = {"period": queries.written(period), "codes": codes, "cause": cause}
    outbox.post(key=key, channel="job", kind=JOB, payload=payload, now=now)


@outbox.register_job(JOB)
def run(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Compute one period."""
    period = queries.period_of(payload["period"], clock.day_of(now))
    asked = queries.in_force(period)
    if payload["codes"] is not None:
        asked = [one for one in asked if one.code in payload["codes"]]
    services.compute(period, indicators=asked, cause=payload["cause"], now=now)
