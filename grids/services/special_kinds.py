"""Kinds of special groups say something else, or a new one comes, from a day on.

Source: grid standard 5.8 (S2-5.8a). Households keep their kind; what is asked of one that is
entered follows the day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import audit, clock
from core.errors import Conflict, Refused
from grids import special_terms
from grids.models import SpecialKind

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("title", "guardian", "valid_until")
CODE = re.compile(r"[a-z][a-z0-9_]{1,19}")


def latest(code: str) -> SpecialKind | None:
    """The last version of a kind, in force or to come. What only the catalogue knows has the number
    0 and stands in no table."""
    laid = SpecialKind.objects.filter(code=code).order_by("-valid_from").first()
    if laid is not None:
        return laid
    known = [one for one in special_terms.entries("kinds") if one.code == code]
    if not known:
        return None
    last = known[-1]
    until = None if last.valid_until == date.max else last.valid_until
    said = {"title": last.title, "guardian": last.guardian, "valid_until": until}
    return SpecialKind(pk=0, code=code, valid_from=last.valid_from, **said)


def drafted(
    base: SpecialKind | None, values: Mapping[str, Any], *, valid_from: date, code: str = ""
) -> SpecialKind:
    """The further version as it would be, not stored; without a base the first one of a new kind.
    Raises ``Refused`` where it cannot be."""
    if base is not None and valid_from <= base.valid_from:
        raise Refused(_("启用日期须晚于最近一版的启用日期（%(day)s）。") % {"day": base.valid_from})
    if base is None and not CODE.fullmatch(code):
        raise Refused(
            _("代码由小写字母、数字和下划线组成，以字母开头，2至%(most)d个字符。") % {"most": 20}
        )
    made = SpecialKind(code=base.code if base else code, valid_from=valid_from)
    for name in FIELDS:
        setattr(made, name, values[name])
    if made.valid_until is not None and made.valid_until < valid_from:
        raise Refused(_("停用日期不能早于启用日期。"))
    if base is not None and not changes(base, made):
        raise Refused(_("与最近一版相同，没有改动。"))
    return made


def changes(base: SpecialKind | None, made: SpecialKind) -> dict[str, list[str]]:
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
) -> SpecialKind:
    """Let a kind say something else from a day on; the version before ends the day before.

    ``by``: whoever adopted the draft of somebody else. ``seen``: the version that was changed, 0
    where no table holds one yet. Raises ``Refused`` and ``Conflict``.
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
    if base is not None and base.pk and (base.valid_until or date.max) >= valid_from:
        base.valid_until = valid_from - timedelta(days=1)
        base.save(update_fields=["valid_until"])
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("该规则刚有新的版本，请刷新页面，核对后再办理。")) from None
    special_terms.forget()
    words = {"code": code, "valid_from": str(valid_from), "changes": told}
    audit.record("specialkind.revise", made, by=by, now=now, reason=reason.strip(), **words)
    return made
