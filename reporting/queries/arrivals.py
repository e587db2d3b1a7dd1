"""How long repair crews took to arrive, beside the share that came in time: the same cases.

Source: campaign plan 二(一)1 (S1-2.1.1i).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from complaints.analysis.repairs import ARRIVE, Seconds, Timed
from complaints.filters import clock_ended, last_rounds
from reporting.indicators.sources import Scope, Unit
from reporting.queries.indicator_inputs import counted, filters_of

if TYPE_CHECKING:
    from reporting.models import IndicatorValue


def mean_arrival(value: IndicatorValue, *, now: datetime) -> Timed | None:
    """Of the cases behind a share of arrivals in time, those whose crews arrived; None for any
    other indicator."""
    specs = value.indicator.inputs.values()
    spec = next((one for one in specs if one.get("clock") == f"{ARRIVE}:judged"), None)
    if spec is None:
        return None
    unit = value.organisation
    scope = Scope([Unit(unit.pk, unit.code, unit.path)], value.period, now)
    asked = {name: one for name, one in spec.items() if name != "clock"}
    cases = counted(filters_of(asked, scope).with_(unit=unit.code), "all", scope)
    clocks = last_rounds().filter(case__in=cases.order_by(), code=ARRIVE)
    ended = clocks.filter(clock_ended("ended", now=now))
    found = ended.aggregate(n=Count("pk"), seconds=Sum(Seconds("started_at", "stopped_at")))
    return Timed(ended=found["n"], seconds=int(found["seconds"] or 0))
