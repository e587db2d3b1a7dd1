"""What of a complainant a person is shown: masked by default, hidden where it must stay secret."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints.models import Case
from complaints.workflow import REPORT
from core import masking

# Field of a case → kind of masking.
PERSONAL = {
    "complainant_name": "name",
    "complainant_phone": "phone",
    "address": "address",
    "account_no": "account_no",
    "content_full": "free_text",
}


# What of these stands in somebody's words is masked there too.
OWN = {name: kind for name, kind in PERSONAL.items() if name != "content_full"}


def spoken(text: str, of: Any) -> str:
    """Free words about a case (or a record of one) without what tells who somebody is.

    What looks like personal data is masked, and the complainant's own particulars wherever they
    stand; of whoever must stay unknown not even the family name is left.
    """
    shown = masking.mask_text(text)
    secret = of.nature == REPORT or of.anonymous or of.confidential
    for name, kind in OWN.items():
        value = getattr(of, name).strip()
        if len(value) > 1 and value in shown:
            shown = shown.replace(value, masking.HIDDEN if secret else masking.mask(kind, value))
    return shown


def is_secret(case: Case, user: User) -> bool:
    """Whether not even a masked trace may be shown: reporters, and who asked for secrecy."""
    secret = case.nature == REPORT or case.anonymous or case.confidential
    return secret and not _receives(case, user)


def _receives(case: Case, user: User) -> bool:
    """Whether the person belongs to whoever received the case, or to a regulator above."""
    if works_for(user, Permission.CASE_VIEW, case.owner):
        return True
    return any(place.is_regulator for place in workplaces(user, Permission.CASE_VIEW))


def masked(case: Case, user: User) -> dict[str, str]:
    """The personal fields as they are shown without a purpose."""
    if is_secret(case, user):
        return {name: masking.HIDDEN if getattr(case, name) else "" for name in PERSONAL}
    shown = {name: masking.mask(kind, getattr(case, name)) for name, kind in PERSONAL.items()}
    return {**shown, "content_full": ""}


def reveal_refusal(case: Case, user: User) -> str:
    """Why the person may not see the complainant in full; empty when they may, with a purpose."""
    if not user.can(Permission.CASE_REVEAL):
        return _("您没有查看诉求人信息的权限。")
    if is_secret(case, user):
        return _("举报、匿名或者要求保密的诉求，诉求人信息只由首接单位掌握。")
    mine = works_for(user, Permission.CASE_REVEAL, case.owner)
    handling = works_for(user, Permission.CASE_REVEAL, case.holder)
    office = any(place.is_regulator for place in workplaces(user, Permission.CASE_REVEAL))
    if mine or handling or office:
        return ""
    return _("诉求人信息只向首接单位、承办单位和监管机构提供。")
