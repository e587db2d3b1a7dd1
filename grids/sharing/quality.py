"""Rules that archives must pass, and whether one does; pure but for reading the file.

Source: grid standard 5.5.1, 5.5.2 (S2-5.5.1c, S2-5.5.2a, S2-5.5.2b).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core import catalogue_files

FILE = Path(__file__).parent.parent / "catalogue" / "sharing" / "quality.yaml"
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?")
# 13800000000 and 12345678 are numbers of nobody: one digit eight times, or one after the other.
INVENTED = re.compile(r"(\d)\1{7}|01234567|12345678|23456789|98765432|87654321")


@dataclass(frozen=True)
class Rule:
    """One rule from a day on. ``limit``: code of the grid rule that says how many days."""

    code: str
    title: str
    check: str
    fields: tuple[str, ...]
    risk: bool
    remedy: str
    basis: str
    valid_from: date
    most: int = 1
    limit: str = ""
    # Its last day; without one it holds until it begins anew.
    valid_until: date | None = None

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@cache
def _all() -> list[Rule]:
    rows: list[dict[str, Any]] = catalogue_files.read(FILE)
    return [Rule(**{**one, "fields": tuple(one["fields"])}) for one in rows]


def rules(*, on: date) -> dict[str, Rule]:
    """By code the rule that counts on a day, in the order of the catalogue."""
    found: dict[str, Rule] = {}
    for one in sorted(_all(), key=lambda rule: rule.valid_from):
        if one.valid_from <= on:
            found[one.code] = one
    found = {code: one for code, one in found.items() if one.stands_on(on)}
    order = [one.code for one in _all()]
    return dict(sorted(found.items(), key=lambda pair: order.index(pair[0])))


def title_of(code: str) -> str:
    """Name of a rule, also of one that no longer counts."""
    return next((one.title for one in reversed(_all()) if one.code == code), code)


def end_of(code: str, *, on: date) -> str:
    """Why a rule does not count on a day, in words."""
    days = [one.valid_until for one in _all() if one.code == code and one.valid_until]
    if past := [day for day in days if day < on]:
        words = {"rule": title_of(code), "day": max(past)}
        return _("规则“%(rule)s”执行至%(day)s，已停用") % words
    return _("规则“%(rule)s”已从规则目录中取消") % {"rule": title_of(code)}


@dataclass(frozen=True)
class Facts:
    """What is known of one archive: its values, how many others have the same, where it lies."""

    values: dict[str, str]
    # Field → how many archives of the enterprise hold the same value, this one counted.
    same: dict[str, int]
    # Whether its place is known, and whether that is the grid that it is entered in.
    located: bool
    in_its_grid: bool
    checked_on: date
    oldest: dict[str, date]


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a field of an archive; not applicable ones are left out."""

    rule: str
    field: str
    passes: bool


def sound_phone(text: str) -> bool:
    """Whether a text can be the number of a customer."""
    plain = re.sub(r"[\s()（）]", "", text)
    digits = plain.replace("-", "")
    if INVENTED.search(digits):
        return False
    return bool(MOBILE.fullmatch(digits) or LANDLINE.fullmatch(plain))


def verdicts(rule: Rule, facts: Facts) -> list[Verdict]:
    """What a rule says of an archive, field by field."""
    return [
        Verdict(rule.code, name, passes)
        for name in rule.fields
        if (passes := _passes(rule, name, facts)) is not None
    ]


def _passes(rule: Rule, name: str, facts: Facts) -> bool | None:
    """Whether a field passes; None where the rule has nothing to look at."""
    if rule.check == "fresh":
        return facts.checked_on >= facts.oldest[rule.code]
    if rule.check == "located":
        return facts.in_its_grid if facts.located else None
    value = facts.values.get(name, "")
    if rule.check == "filled":
        return bool(value)
    if not value:
        return None
    if rule.check == "phone":
        return sound_phone(value)
    return facts.same.get(name, 1) <= rule.most
