"""Further versions of kinds of business: from a day to come, tighter for a company than for all.

Source: grid standard 5.3.2 (S2-5.3.2b); local rules may only tighten the standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import audit, clock
from core.errors import Conflict, Refused
from grids.business.definition import Definition, Faulty
from grids.models import BusinessType

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def revise(
    *,
    base: BusinessType,
    company: Organisation | None,
    limits: Mapping[str, int],
    fee: Decimal,
    basis: str,
    valid_from: date,
    by: User,
    now: datetime,
) -> BusinessType:
    """A further version with other limits or another fee; requests of the days before keep theirs.

    ``limits``: by step that has one, in its unit. ``basis`` names the document, and becomes the
    rule of what changed. Raises ``Refused``, ``Conflict``.
    """
    if not by.can(Permission.RULE_MANAGE):
        raise Refused(_("您的角色不能维护办理流程。"))
    if valid_from <= clock.day_of(now):
        raise Refused(_("启用日期须晚于今天：已转办的业务按原版本办理。"))
    if not basis.strip():
        raise Refused(_("请写明依据文件。"))
    versions = BusinessType.objects.select_for_update(of=("self",)).filter(code=base.code)
    last = max(one.version for one in versions.order_by("pk"))
    if versions.filter(company=company, valid_from=valid_from).exists():
        raise Conflict(_("该日期已有启用的版本。"))
    content = _content(base, limits, fee, basis.strip(), f"v{last + 1}")
    try:
        definition = Definition.read(content)
    except Faulty:
        raise Refused(_("时限须为不小于零的整数，费用不得为负数。")) from None
    _hold_tighter(base.code, company, definition, valid_from)
    made = BusinessType.objects.create(
        code=base.code,
        version=last + 1,
        company=company,
        title=base.title,
        group=base.group,
        content=content,
        valid_from=valid_from,
    )
    audit.record(
        "businesstype.revise",
        made,
        by=by,
        now=now,
        reason=basis.strip(),
        code=made.code,
        version=made.version,
        valid_from=valid_from,
    )
    return made


def _content(
    base: BusinessType, limits: Mapping[str, int], fee: Decimal, basis: str, rule: str
) -> dict[str, Any]:
    """The content of the base with what is different; that names the new rule."""
    content = deepcopy(base.content)
    changed = False
    for step in content["steps"]:
        if step["code"] in limits and step.get("limit") not in (None, limits[step["code"]]):
            step["limit"], step["rule"], changed = limits[step["code"]], rule, True
    if fee != Decimal(content["fee"]["amount"]):
        content["fee"] |= {"amount": str(fee), "basis": basis}
        if content["fee"]["kind"] == "none" or fee < 0:
            raise Refused(_("该业务不收取费用，不能设定收费。"))
        changed = True
    if not changed:
        raise Refused(_("时限和收费没有变化，不必另立版本。"))
    content["rules"][rule] = {"title": basis, "text": basis}
    return content


def _hold_tighter(
    code: str, company: Organisation | None, definition: Definition, day: date
) -> None:
    """What holds for one company is nowhere looser than what holds for all. Raises ``Refused``."""
    known = BusinessType.objects.known(on=day).filter(code=code).order_by("valid_from", "version")
    if company is not None:
        general = known.filter(company=None).last()
        loose = definition.looser_than(general.definition) if general else []
        if loose:
            text = _("企业时限不得长于通用时限：%(steps)s。")
            raise Refused(text % {"steps": "、".join(loose)})
        return
    latest: dict[int, BusinessType] = {}
    for one in known.exclude(company=None).select_related("company"):
        latest[one.company_id or 0] = one
    for one in latest.values():
        if loose := one.definition.looser_than(definition):
            text = _("%(company)s现行时限将长于通用时限，请先收紧：%(steps)s。")
            raise Refused(text % {"company": one.company, "steps": "、".join(loose)})
