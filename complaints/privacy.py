"""What of a complainant a person is shown: masked by default, hidden where it must stay secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints.models import Case
from complaints.workflow import keeps_secret
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


# From how many signs in a row on something in a text gives a name, telephone, account or address
# away, and what these signs must hold besides.
PIECES = {
    "complainant_name": (2, re.compile("")),
    "complainant_phone": (4, re.compile(r"\d{4}")),
    "account_no": (6, re.compile(r"\d{6}")),
    "address": (3, re.compile(r"\d|[一二三四五六七八九十][号栋幢座楼层室房单组队]")),
}
LONG_NAME = 4
TITLES = "先生|女士|小姐|太太|阿姨|大爷|大妈|师傅|老师|叔|伯|姨|姐|哥|某"


def spoken(text: str, of: Any) -> str:
    """Free words about a case (or a record of one) without what tells who somebody is.

    What looks like personal data is masked, and the complainant's own particulars wherever they
    stand; of whoever must stay unknown not even the family name or the end of a number is left.
    """
    if keeps_secret(of):
        return _without(text, of)
    shown = masking.mask_text(text)
    for name, kind in OWN.items():
        value = getattr(of, name).strip()
        if len(value) > 1 and value in shown:
            shown = shown.replace(value, masking.mask(kind, value))
    return shown


def _without(text: str, of: Any) -> str:
    """The words with everything hidden whole that could tell who somebody is."""
    spans = [(hit.start, hit.end) for hit in masking.find(text)]
    spans += _own(text.translate(masking.NARROW), of)
    parts, done = [], 0
    for start, end in sorted(spans):
        if start > done or not parts:
            parts += [text[done:start], masking.HIDDEN]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def _own(text: str, of: Any) -> Iterator[tuple[int, int]]:
    """Where the complainant's own particulars stand, or telling pieces of them."""
    for name, (least, telling) in PIECES.items():
        value = getattr(of, name).strip().translate(masking.NARROW)
        if len(value) < 2:
            continue
        yield from (match.span() for match in re.finditer(re.escape(value), text))
        if name == "complainant_name":
            family = re.escape(masking.mask("name", value).rstrip("*") or value)
            yield from (match.span() for match in re.finditer(f"{family}(?:{TITLES})", text))
            least = least if len(value) <= LONG_NAME else LONG_NAME
        elif name == "complainant_phone":
            value = re.sub(r"\D", "", value)
        for start, end in _in_common(text, value, least):
            if telling.search(text, start, end):
                yield start, end


def _in_common(text: str, value: str, least: int) -> Iterator[tuple[int, int]]:
    """Where at least so many signs of the text stand in a row in the value too."""
    start = 0
    while start <= len(text) - least:
        end = start + least
        if text[start:end] not in value:
            start += 1
            continue
        while end < len(text) and text[start : end + 1] in value:
            end += 1
        yield start, end
        # What begins before the end of this piece may reach beyond it.
        start += 1


def is_secret(case: Case, user: User) -> bool:
    """Whether not even a masked trace may be shown: reporters, and who asked for secrecy."""
    return keeps_secret(case) and not _receives(case, user)


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
