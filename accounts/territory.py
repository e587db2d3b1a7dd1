"""Which regulator an organisation reports to, and who else gets a copy (S1-2.2a, S1-2.2b)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Organisation, TerritoryRule
from core.errors import Refused


def rule_for(province_code: str, *, on: date) -> TerritoryRule | None:
    """The territory rule of a province on a day; None where no rule is in force."""
    rules = TerritoryRule.objects.in_force(on=on).filter(region_id=province_code)
    return rules.select_related("regulator", "copy_to").order_by("-valid_from").first()


def regulator_for(organisation: Organisation, on: date) -> tuple[Organisation, Organisation | None]:
    """The local regulator of an organisation on a day, and who gets a copy (or None).

    A regulator reports to the national one. A company whose province no rule covers also does,
    because nobody may be without a supervisor. Raises ``Refused`` without a national regulator.
    """
    if not organisation.is_regulator and organisation.region_id:
        rule = rule_for(organisation.region_id[:2] + "0000", on=on)
        if rule is not None:
            return rule.regulator, rule.copy_to
    return national_regulator(), None


def national_regulator() -> Organisation:
    """The root of supervision, which every migrated database has."""
    kind = Organisation.Kind.NATIONAL_REGULATOR
    found = Organisation.objects.in_force().filter(kind=kind).order_by("path").first()
    if found is None:
        raise Refused(_("数据库中没有国家监管机构。"))
    return found
