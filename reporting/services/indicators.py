"""Indicators are computed: for every unit and period, with the numbers that went in.

Source: campaign plan 二(二)4 (S1-2.2.4b). A value is never changed: where something below it was
corrected a new one stands, and the old one stays with a pointer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from core import audit, clock
from core.errors import Refused
from core.periods import Period
from reporting.indicators import formula, sources
from reporting.indicators.sources import Input, Scope, Unit
from reporting.models import Indicator, IndicatorValue
from reporting.models.indicator import MEASURED
from reporting.queries import (  # noqa: F401 (register sources)
    business_inputs,
    claim_inputs,
    duty_inputs,
    grid_outages,
    indicator_inputs,
    notice_inputs,
    return_inputs,
    service_checks,
)

if TYPE_CHECKING:
    from accounts.models import User


LONGEST_REASON = 200
# Of so many indicators the standing values are read at once.
PART = 20


@dataclass(frozen=True)
class Round:
    """What a round of computing did."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(self.new + other.new, self.changed + other.changed, self.same + other.same)


def units_of(organisations: Iterable[Organisation] | None = None) -> list[Unit]:
    """The companies that indicators are computed for, in the order of the tree."""
    found = organisations
    if found is None:
        found = Organisation.objects.in_force().filter(kind__in=MEASURED)
    return [Unit(one.pk, one.code, one.path) for one in found if one.kind in MEASURED]


def compute(
    period: Period,
    *,
    indicators: Iterable[Indicator] | None = None,
    organisations: Iterable[Organisation] | None = None,
    cause: str = "",
    by: User | None = None,
    now: datetime,
) -> Round:
    """Compute the indicators in force on the last day; what comes out as before stays untouched.

    Raises ``Refused`` where a person asks for a period that is not over.
    """
    if by is not None:
        refuse_unfinished(period, now=now)
    scope = Scope(units_of(organisations), period, now)
    if indicators is None:
        indicators = Indicator.objects.in_force(on=period.last)
    asked = [one for one in indicators if period.kind in one.periods]
    numbers = _read([spec for one in asked for spec in one.inputs.values()], scope)
    done = Round()
    for start in range(0, len(asked), PART):
        part = asked[start : start + PART]
        standing = _standing(part, scope)
        for one in part:
            done += _one(one, scope, numbers, standing[one.code], cause=cause, now=now)
    if done.new or done.changed:
        audit.record(
            "indicator.compute",
            None,
            by=by,
            now=now,
            reason=cause,
            first=str(period.first),
            last=str(period.last),
            new=done.new,
            changed=done.changed,
        )
    return done


def refuse_unfinished(period: Period, *, now: datetime) -> None:
    """Raises ``Refused`` for what is not over."""
    if period.last >= clock.day_of(now):
        raise Refused(_("%(period)s尚未结束，不能计算和公开。") % {"period": period.text})


def _key(spec: Mapping[str, Any]) -> str:
    """What is asked, without how it is called: the same question is asked once."""
    return repr(sorted((name, repr(value)) for name, value in spec.items() if name != "label"))


def _read(specs: Sequence[Mapping[str, Any]], scope: Scope) -> dict[str, Mapping[int, Input]]:
    known = sources.kinds()
    return {
        _key(spec): sources.read(spec, scope) if spec["source"] in known else {} for spec in specs
    }


def _standing(
    indicators: Sequence[Indicator], scope: Scope
) -> dict[str, dict[int, IndicatorValue]]:
    """What stands of some indicators: by code, by unit."""
    codes = [one.code for one in indicators]
    versions = Indicator.objects.filter(code__in=codes).order_by()
    named = dict(versions.values_list("pk", "code"))
    rows = (
        IndicatorValue.objects.standing()
        .of(scope.period)
        .filter(indicator__in=list(named), organisation__in=[unit.pk for unit in scope.units])
    )
    found: dict[str, dict[int, IndicatorValue]] = {code: {} for code in codes}
    for one in rows.order_by("-pk"):
        found[named[one.indicator_id]][one.organisation_id] = one
    return found


def _one(
    indicator: Indicator,
    scope: Scope,
    numbers: Mapping[str, Mapping[int, Input]],
    standing: Mapping[int, IndicatorValue],
    *,
    cause: str,
    now: datetime,
) -> Round:
    """One indicator of all units, beside what stands of it."""
    fresh, stale, same = [], [], 0
    for unit in scope.units:
        inputs = {
            name: numbers[_key(spec)].get(unit.pk, Input(None))
            for name, spec in indicator.inputs.items()
        }
        old = standing.get(unit.pk)
        # Most units have nothing to say of most indicators: nothing is made for them.
        if old is None and not _told(indicator, inputs):
            continue
        value = formula.compute(
            indicator.formula,
            {name: one.value for name, one in inputs.items()},
            decimals=indicator.decimals,
        )
        # Asked before anything is made: at most rounds nearly all is as it was.
        if old is not None and _alike(old, indicator, value, inputs):
            same += 1
            continue
        made = _made(indicator, unit, value, inputs, scope, now=now)
        if old is None:
            fresh.append(made)
        else:
            made.cause = cause
            stale.append((old, made))
    _keep(fresh, stale)
    return Round(len(fresh), len(stale), same)


def _told(indicator: Indicator, inputs: Mapping[str, Input]) -> bool:
    """Whether anything but the calendar says something of the unit."""
    return any(
        one.value is not None and indicator.inputs[name]["source"] != "period"
        for name, one in inputs.items()
    )


def _made(
    indicator: Indicator,
    unit: Unit,
    value: Decimal | None,
    inputs: Mapping[str, Input],
    scope: Scope,
    *,
    now: datetime,
) -> IndicatorValue:
    labels = {name: spec["label"] for name, spec in indicator.inputs.items()}
    return IndicatorValue(
        indicator=indicator,
        organisation_id=unit.pk,
        first_day=scope.period.first,
        last_day=scope.period.last,
        value=value,
        inputs={name: one.kept(labels[name]) for name, one in inputs.items()},
        computed_at=now,
    )


def _alike(
    old: IndicatorValue, indicator: Indicator, value: Decimal | None, inputs: Mapping[str, Input]
) -> bool:
    """Whether nothing that counts is different: the version, the value, and each number."""
    if old.indicator_id != indicator.pk or old.value != value:
        return False
    told = {
        name: (None if one["value"] is None else Decimal(one["value"]), one.get("told"))
        for name, one in old.inputs.items()
    }
    return told == {
        name: (one.value, one.told if one.is_partial else None) for name, one in inputs.items()
    }


@transaction.atomic
def _keep(
    fresh: Sequence[IndicatorValue], stale: Sequence[tuple[IndicatorValue, IndicatorValue]]
) -> None:
    """Enter new values; an old one gives way in the same moment."""
    IndicatorValue.objects.bulk_create(fresh)
    for old, made in stale:
        # The old one stands until it points elsewhere: for a moment at the first of all, which no
        # other points at, then at the new one.
        mine = IndicatorValue.objects.standing().filter(pk=old.pk)
        if not mine.update(superseded_by=_first(old).pk):
            continue
        made.save()
        IndicatorValue.objects.filter(pk=old.pk).update(superseded_by=made.pk)


def _first(value: IndicatorValue) -> IndicatorValue:
    """What was computed before anything was computed anew."""
    before = IndicatorValue.objects.filter(superseded_by=value.pk).first()
    return _first(before) if before else value
