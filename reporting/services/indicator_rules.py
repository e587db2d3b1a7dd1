"""Changing how an indicator is judged: a further version from a day on, seen before it is made.

Source: campaign plan 二(二)4 (S1-2.2.4a). Versions that stand are never changed; values of periods
that end later are computed again and keep the old one beside the new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import arithmetic, audit, clock
from core.errors import Conflict, Refused
from reporting import indicator_rounds
from reporting.indicators import scoring
from reporting.models import Indicator, IndicatorValue
from reporting.queries import indicators as queries
from reporting.queries.indicators import Limits

if TYPE_CHECKING:
    from accounts.models import User

# What a version may say otherwise; formula and inputs belong to the catalogue.
FIELDS = (
    *("threshold", "direction", "zero_at", "full_at", "weight"),
    *("source", "note", "public", "retired"),
)


@dataclass(frozen=True)
class Moved:
    """A standing value that would be judged otherwise."""

    value: IndicatorValue
    met: bool | None
    meets: bool | None
    scored: Decimal | None
    scores: Decimal | None


def latest(code: str) -> Indicator | None:
    """The last version of an indicator, in force or to come."""
    return Indicator.objects.filter(code=code).order_by("-valid_from").first()


def drafted(base: Indicator, values: Mapping[str, Any], *, valid_from: date) -> Indicator:
    """The further version as it would be, not stored. Raises ``Refused`` where it cannot be."""
    if valid_from <= base.valid_from:
        raise Refused(_("启用日期须晚于最近一版的启用日期（%(day)s）。") % {"day": base.valid_from})
    kept = {f.name: getattr(base, f.name) for f in base._meta.concrete_fields if f.name != "id"}
    made = Indicator(**{**kept, **values, "valid_from": valid_from})
    if (made.zero_at is None) != (made.full_at is None) or (
        made.zero_at is not None and made.zero_at == made.full_at
    ):
        raise Refused(_("零分值和满分值须同时填写，且不能相等；不计分的都不填。"))
    if not changes(base, made):
        raise Refused(_("与最近一版相同，没有改动。"))
    return made


def changes(base: Indicator, made: Indicator) -> dict[str, list[str]]:
    """What is said otherwise: {field: [before, after]}."""
    return {
        name: [_text(getattr(base, name)), _text(getattr(made, name))]
        for name in FIELDS
        if getattr(base, name) != getattr(made, name)
    }


def _text(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value or "")


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


@transaction.atomic
def revise(
    *,
    code: str,
    values: Mapping[str, Any],
    valid_from: date,
    reason: str,
    seen: int,
    by: User,
    now: datetime,
) -> Indicator:
    """Let an indicator say something else from a day on; periods that end later are computed anew.

    ``by``: whoever adopted the draft of somebody else (services.definitions). ``seen``: the version
    that was changed. Raises ``Refused`` and ``Conflict``.
    """
    if not by.can(Permission.RULE_MANAGE):
        raise Refused(
            _("指标由具有“%(permission)s”权限的人员维护。")
            % {"permission": Permission.RULE_MANAGE.label}
        )
    base = latest(code)
    if base is None or base.pk != seen:
        raise Conflict(_("该指标刚有新的版本，请刷新页面，核对后再办理。"))
    if not reason.strip():
        raise Refused(_("请写明改动理由。"))
    made = drafted(base, values, valid_from=valid_from)
    told = changes(base, made)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Conflict(_("该指标刚有新的版本，请刷新页面，核对后再办理。")) from None
    audit.record(
        "indicator.revise",
        made,
        by=by,
        now=now,
        reason=reason.strip(),
        code=code,
        valid_from=str(valid_from),
        changes=told,
    )
    indicator_rounds.after_rule(made, today=now.astimezone(clock.ZONE).date(), now=now)
    return made
