"""Changing how an indicator is judged: a further version from a day on, seen before it is made.

Source: campaign plan 二(二)4 (S1-2.2.4a). Versions that stand are never changed; values of periods
that end later are computed again and keep the old one beside the new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from accounts.permissions import Permission
from core import arithmetic, clock
from core.errors import Refused
from core.versions import Versions
from reporting import indicator_rounds
from reporting.indicators import scoring
from reporting.models import Indicator, IndicatorValue
from reporting.queries import indicators as queries
from reporting.queries.indicators import Limits


@dataclass(frozen=True)
class Moved:
    """A standing value that would be judged otherwise."""

    value: IndicatorValue
    met: bool | None
    meets: bool | None
    scored: Decimal | None
    scores: Decimal | None


class Indicators(Versions[Indicator]):
    """Formula and inputs belong to the catalogue; how they are judged may change."""

    model, event = Indicator, "indicator.revise"
    permission = Permission.RULE_MANAGE
    fields = (
        *("threshold", "direction", "zero_at", "full_at", "weight"),
        *("source", "note", "public", "retired"),
    )
    ahead = False
    not_yours = L("指标由具有“%(permission)s”权限的人员维护。")
    overtaken = L("该指标刚有新的版本，请刷新页面，核对后再办理。")

    def check(self, base: Indicator | None, made: Indicator) -> None:
        half = (made.zero_at is None) != (made.full_at is None)
        if half or (made.zero_at is not None and made.zero_at == made.full_at):
            raise Refused(_("零分值和满分值须同时填写，且不能相等；不计分的都不填。"))

    def follow(self, made: Indicator, *, now: datetime) -> dict[str, Any]:
        """Periods that end later are computed anew."""
        indicator_rounds.after_rule(made, today=clock.day_of(now), now=now)
        return {}


INDICATORS = Indicators()


def moved(base: Indicator, made: Indicator) -> list[Moved]:
    """Standing values of periods that end when the new version holds, judged otherwise by it."""
    rows = IndicatorValue.objects.standing().filter(
        indicator__code=base.code, last_day__gte=made.valid_from, value__isnull=False
    )
    limits: dict[int, Limits] = {}
    found = []
    for row in rows.select_related("indicator", "organisation").order_by("-last_day", "pk"):
        of_year = limits.setdefault(row.first_day.year, Limits(row.first_day.year))
        before, _target = of_year.of(row.indicator, row.organisation)
        after, _target = of_year.of(made, row.organisation)
        one = Moved(
            row,
            scoring.meets(row.value, before, row.indicator.direction),
            scoring.meets(row.value, after, made.direction),
            _score(row.indicator, row),
            _score(made, row),
        )
        if (one.met, one.scored) != (one.meets, one.scores) or made.retired:
            found.append(one)
    return found


def _score(indicator: Indicator, row: IndicatorValue) -> Decimal | None:
    score = queries.scored(indicator, row).score
    return None if score is None else arithmetic.half_up(score, scoring.PLACES)
