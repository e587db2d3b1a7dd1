"""What in a text for others tells who a complainant is: which kinds of particulars, never which.

Asked of words that leave the office for companies or the public: circulars, minutes of meetings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from complaints.models import Case
from complaints.privacy import OWN
from core import masking

# A name of one sign, or a piece of an address as short, would forbid half of all words.
SHORTEST = 2
# What a masked value leaves behind: a telephone's tail is found again in any customer list.
MASKED = re.compile(r"[*＊]{2,}|[\u4e00-\u9fff][*＊]")
REMAINS = re.compile(r"[0-9A-Za-z-]*[*＊]+(?:[ 0-9A-Za-z*＊-]*[0-9A-Za-z*＊])?(?:@[\w.-]+)?")
SOMEBODY = "某某"
# Handed in instead of a name.
NOBODY = {"匿名", "用户", "客户", "居民", "村民", "群众", "先生", "女士", "无名", "不详", "不明"}
# In a crowd of cases short names are words, too (高峰): they count beside what makes them names.
SHORT_NAME = r"(?:人|户|姓名)[为是叫:：]?{0}|{0}(?:反映|投诉|举报|来电|来信|先生|女士|家)"
SHORTEST_NUMBER = 6
SHORTEST_HOME = 8


def patterned(text: str) -> list[str]:
    """What looks like personal data by its pattern, also half masked."""
    return [str(_("电话、证件号等"))] if _hits(text) or MASKED.search(text) else []


def named(text: str, cases: Iterable[Case]) -> list[str]:
    """Which particulars of the complainants of these cases stand in a text."""
    level = _level(text)
    found: dict[str, None] = {}
    for case in cases:
        for field, kind in OWN.items():
            value = _level(getattr(case, field))
            written = {value, _level(masking.mask(kind, value))} if kind == "name" else {value}
            if len(value) >= SHORTEST and any(one in level for one in written):
                found[_label(field)] = None
    return list(found)


def named_in_crowd(text: str, cases: Iterable[Case]) -> list[str]:
    """The same for all cases of a period, where places and short names are words as well."""
    level = _level(text)
    found: dict[str, None] = {}
    for case in cases:
        name = _level(case.complainant_name)
        if len(name) >= SHORTEST and name not in NOBODY and name in level and _is_name(name, level):
            found[_label("complainant_name")] = None
        for field in ("complainant_phone", "account_no"):
            number = _level(getattr(case, field))
            public = masking.mask(OWN[field], number) == number
            if len(number) >= SHORTEST_NUMBER and not public and number in level:
                found[_label(field)] = None
        home = _level(case.address)
        # A place alone is a word; with the number of a house it is somebody's home.
        if len(home) >= SHORTEST_HOME and re.search(r"\d", home) and home in level:
            found[_label("address")] = None
    return list(found)


def without(text: str, case: Case) -> str:
    """A text of a case with its complainant made into 某某, and whatever looks personal."""
    name = case.complainant_name.strip()
    if len(name) >= SHORTEST:
        for written in (name, masking.mask("name", name)):
            text = text.replace(written, f"{name[0]}某")
    for field in ("address", "account_no", "complainant_phone"):
        value = getattr(case, field).strip()
        if len(value) >= SHORTEST:
            for written in (value, masking.mask_text(value), masking.mask(OWN[field], value)):
                text = text.replace(written, SOMEBODY)
    for hit in reversed(_hits(text)):
        text = text[: hit.start] + SOMEBODY + text[hit.end :]
    return REMAINS.sub(SOMEBODY, text)


def _hits(text: str) -> list[masking.Hit]:
    """What looks like personal data, but not 李某 behind 诉求人."""
    return [
        hit
        for hit in masking.find(text)
        for said in [text[hit.start : hit.end]]
        if masking.mask(hit.kind, said) != said and not said.endswith("某")
    ]


def _is_name(name: str, level: str) -> bool:
    if len(name) > SHORTEST:
        return True
    return re.search(SHORT_NAME.format(re.escape(name)), level) is not None


def _level(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _label(field: str) -> str:
    return str(Case._meta.get_field(field).verbose_name)
