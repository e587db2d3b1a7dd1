"""Words of official documents: cleaning of foreign text, Chinese numerals, numbers, dates."""

from __future__ import annotations

import unicodedata
from datetime import date

DIGITS = "零一二三四五六七八九"
# Marks that turn the direction of text, join or split invisibly: they can make a document read
# otherwise than what is stored. Format characters (Cf) are all dropped for the same reason.
DROPPED_CATEGORIES = {"Cc", "Cf", "Cs"}
# Private-use and unassigned characters have no shape elsewhere: shown as missing, not left out.
SHAPELESS_CATEGORIES = {"Co", "Cn"}
MISSING = "□"
# Variation selectors and fillers are not of these categories but are invisible as well.
DROPPED = {"\u115f", "\u1160", "\u3164", "\uffa0"} | {chr(c) for c in range(0xFE00, 0xFE10)}


def clean(value: object) -> str:
    """Text that can be printed as it stands: no control, direction or unassigned characters.

    Line ends and tabs become one blank; everything else is kept literally, so that markup of any
    language (``{{x}}``, ``#eval``, ``<b>``) comes out as the characters that were typed.
    """
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    return "".join(map(_printable, text.replace("\r\n", "\n"))).strip()


def _printable(character: str) -> str:
    if character in "\n\r\t\v\f\u2028\u2029":
        return " "
    category = unicodedata.category(character)
    if character in DROPPED or category in DROPPED_CATEGORIES:
        return ""
    return MISSING if category in SHAPELESS_CATEGORIES else character


def numeral(number: int) -> str:
    """A whole number from 1 to 99 in Chinese: 1 → 一, 12 → 十二, 30 → 三十."""
    if not 1 <= number <= 99:
        raise ValueError(f"no Chinese numeral for {number}")
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return head + (DIGITS[ones] if ones else "")


def heading_number(level: int, number: int) -> str:
    """The number before a heading: 一、 （一） 1. （1） by level."""
    patterns = {1: "{c}、", 2: "（{c}）", 3: "{n}.", 4: "（{n}）"}
    return patterns[level].format(c=numeral(number) if level < 3 else "", n=number)


def document_number(prefix: str, year: int, serial: int) -> str:
    """``南电监供电〔2011〕1号``: full year in 〔〕, no leading zero, no 第."""
    return f"{prefix}〔{year}〕{serial}号"


def written_date(day: date) -> str:
    """``2011年11月30日``: Arabic figures without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
