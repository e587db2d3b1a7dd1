"""Kinds of hazards say something else, or a new one comes, from a day on.

Source: grid standard 4.2.2 (S2-4.2.2a). Hazards keep the kind in force when they were seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import audit, clock
from core.errors import Conflict, Refused
from grids.models import HazardTerm

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("title", "group", "joint", "note", "valid_until")
CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")
KIND = HazardTerm.Sort.KIND


def latest(code: str) -> HazardTerm | None:
    """The last version of a kind, in force or to come."""
    return HazardTerm.objects.filter(sort=KIND, code=code).order_by("-valid_from").first()


def drafted(
    base: HazardTerm | None, values: Mapping[str, Any], *, valid_from: date, code: str = ""
) -> HazardTerm:
    """The further version as it would be, not stored; without a base the first one of a new kind.
    Raises ``Refused`` where it cannot be."""
    if base is not None and valid_from <= base.valid_from:
        raise Refused(_("启用日期须晚于最近一版的启用日期（%(day)s）。") % {"day": base.valid_from})
    if base is None and not CODE.fullmatch(code):
        raise Refused(
            _("代码由小写字母、数字和下划线组成，以字母开头，2至%(most)d个字符。") % {"most": 30}
        )
    made = HazardTerm(sort=KIND, code=base.code if base else code, valid_from=valid_from)
    if base is not None:
        made.position, made.basis = base.position, base.basis
    for name in FIELDS:
        setattr(made, name, values[name])
    if made.valid_until is not None and made.valid_until < valid_from:
        raise Refused(_("停用日期不能早于启用日期。"))
    if base is not None and not changes(base, made):
        raise Refused(_("与最近一版相同，没有改动。"))
    return made


def changes(base: HazardTerm | None, made: HazardTerm) -> dict[str, list[str]]:
    """What is said otherwise: {field: [before, after]}."""
    pairs = {
        name: (_text(getattr(base, name, None)), _text(getattr(made, name))) for name in FIELDS
    }
    return {name: [a, b] for name, (a, b) in pairs.items() if a != b}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


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
) -> HazardTerm:
    """Let a kind say something else from a day on; the version before ends the day before.

    ``by``: whoever adopted the draft of somebody else. ``seen``: the version that was changed, 0
    for a new kind. Raises ``Refused`` and ``Conflict``.
    """
    if not by.can(Permission.RULE_MANAGE):
        raise Refused(
            _("规则由具有“%(permission)s”权限的人员维护。")
            % {"permission": Permission.RULE_MANAGE.label}
        )
    base = latest(code)
    if (base.pk if base else 0) != seen:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。"))
    if valid_from <= now.astimezone(clock.ZONE).date():
        raise Refused(_("启用日期须晚于今天；已过的，请退回重拟。"))
    made = drafted(base, values, valid_from=valid_from, code=code)
    told = changes(base, made)
    if base is None:
        last = HazardTerm.objects.filter(sort=KIND).aggregate(n=Max("position"))["n"]
        made.position = (last or 0) + 1
    elif base.valid_until is None or base.valid_until >= valid_from:
        base.valid_until = valid_from - timedelta(days=1)
        base.save(update_fields=["valid_until"])
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。")) from None
    words = {"code": code, "valid_from": str(valid_from), "changes": told}
    audit.record("hazardterm.revise", made, by=by, now=now, reason=reason.strip(), **words)
    return made
