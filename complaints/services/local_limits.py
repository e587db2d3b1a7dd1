"""How long a clock of a claim runs: by the rules of grid work, which units may tighten (S2-1c)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from complaints.procedure_definition import ClockRule
from core import clock, sla
from grids.models import GridRule
from grids.models.rules import nearest

UNITS = {
    "分钟": sla.Unit.MINUTES,
    "小时": sla.Unit.HOURS,
    "天": sla.Unit.CALENDAR_DAYS,
    "工作日": sla.Unit.WORKING_DAYS,
}


def of(case: Any, rule: ClockRule, *, at: datetime) -> tuple[float, str, str]:
    """Value, unit and basis: of the local rule of the kind of claim, of the local rule, or as the
    procedure says."""
    claim = getattr(case, "claim", None) if rule.local else None
    if claim is not None:
        found = limit(rule.local, claim.kind, case.holder, at=at)
        if found is not None and found.unit in UNITS:
            return found.value, UNITS[found.unit].value, found.basis
    value, unit = rule.allowance.of(case)
    return value, unit, rule.basis


def limit(code: str, kind: str, organisation: Any, *, at: datetime) -> GridRule | None:
    """The rule of a unit on a day: that of the kind where there is one."""
    on = clock.day_of(at)
    codes = (f"{code}_{kind}", code)
    rules = GridRule.objects.filter(code__in=codes, valid_from__lte=on)
    known = list(rules.select_related("organisation"))
    for one in codes:
        if found := nearest([rule for rule in known if rule.code == one], organisation):
            return found
    return None
