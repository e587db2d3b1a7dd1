"""Changing a rule on outages: a further version from a day on, seen before it is made.

Notices whose outage is planned on or after that day are judged again; what was found by the
version before stays in the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import audit, clock
from core.errors import Conflict, Refused
from reporting.models import OutageNotice, OutageRule
from reporting.outages import judging
from reporting.queries.outages import Rulebook, facts_of

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("title", "value", "basis", "valid_until")
# So many notices are judged for the preview, the latest; all are afterwards.
LOOKED_AT = 2000


@dataclass(frozen=True)
class Moved:
    """A notice that would be judged otherwise: its lead time, and what stands against it."""

    notice: OutageNotice
    lead_before: bool | None
    lead_after: bool | None
    came: tuple[str, ...]
    went: tuple[str, ...]


def latest(code: str) -> OutageRule | None:
    """The last version of a rule, in force or to come."""
    return OutageRule.objects.filter(code=code).order_by("-valid_from").first()


def drafted(base: OutageRule, values: Mapping[str, Any], *, valid_from: date) -> OutageRule:
    """The further version as it would be, not stored. Raises ``Refused`` where it cannot be."""
    if valid_from <= base.valid_from:
        raise Refused(_("启用日期须晚于最近一版的启用日期（%(day)s）。") % {"day": base.valid_from})
    made = OutageRule(
        code=base.code,
        family=base.family,
        title=base.title,
        version=base.version + 1,
        kinds=base.kinds,
        value=base.value,
        unit=base.unit,
        content=base.content,
        basis=base.basis,
        valid_until=base.valid_until,
        valid_from=valid_from,
    )
    for name in FIELDS:
        if name in values:
            setattr(made, name, values[name])
    if (made.value is None) != (base.value is None):
        raise Refused(_("请填写限值。") if base.value is not None else _("该规则没有限值。"))
    if made.valid_until is not None and made.valid_until < valid_from:
        raise Refused(_("停用日期不能早于启用日期。"))
    if not changes(base, made):
        raise Refused(_("与最近一版相同，没有改动。"))
    return made


def changes(base: OutageRule, made: OutageRule) -> dict[str, list[str]]:
    """What is said otherwise: {field: [before, after]}."""
    pairs = {name: (getattr(base, name), getattr(made, name)) for name in FIELDS}
    return {name: [_text(a), _text(b)] for name, (a, b) in pairs.items() if a != b}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _governed(made: OutageRule) -> QuerySet[OutageNotice]:
    rows = OutageNotice.objects.filter(planned_start__gte=clock.at(made.valid_from))
    return rows.filter(kind__in=made.kinds) if made.kinds else rows


def moved(made: OutageRule, *, now: datetime) -> tuple[list[Moved], int]:
    """Notices that would be judged otherwise, and how many were looked at: the latest ones."""
    standing, changed = Rulebook(), Rulebook(made)
    rows = _governed(made).select_related("organisation").order_by("-planned_start", "-pk")
    found, looked = [], 0
    for notice in rows[:LOOKED_AT]:
        looked += 1
        before, after = (
            judging.judge(facts_of(notice, book), book.on(notice.planned_start), now=now)
            for book in (standing, changed)
        )
        if (before.lead_ok, before.codes) != (after.lead_ok, after.codes):
            came, went = after.codes - before.codes, before.codes - after.codes
            found.append(
                Moved(
                    notice,
                    before.lead_ok,
                    after.lead_ok,
                    tuple(sorted(came)),
                    tuple(sorted(went)),
                )
            )
    return found, looked


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
) -> OutageRule:
    """Let a rule say something else from a day on; the round judges what it governs again.

    ``by``: whoever adopted the draft of somebody else (services.definitions). ``seen``: the version
    that was changed. Raises ``Refused`` and ``Conflict``.
    """
    if not by.can(Permission.RULE_MANAGE):
        raise Refused(
            _("规则由具有“%(permission)s”权限的人员维护。")
            % {"permission": Permission.RULE_MANAGE.label}
        )
    base = latest(code)
    if base is None or base.pk != seen:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。"))
    if not reason.strip():
        raise Refused(_("请写明改动理由。"))
    made = drafted(base, values, valid_from=valid_from)
    told = changes(base, made)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。")) from None
    waiting = _governed(made).update(judge_at=now - timedelta(seconds=1))
    audit.record(
        "outage.rule",
        made,
        by=by,
        now=now,
        reason=reason.strip(),
        code=code,
        valid_from=str(valid_from),
        changes=told,
        notices=waiting,
    )
    return made
