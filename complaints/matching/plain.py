"""Numbers, names and addresses as people write them, brought into one form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from complaints.matching.sounds import sounded

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
# A Chinese number is one only before such a word; 三元里 and 八一路 are names.
COUNTED = "号|栋|幢|座|单元|室|房|层|楼|组|队|排|弄|巷|期|区|村|社|门|#"
CHINESE_NUMBER = re.compile(rf"([零〇一二两三四五六七八九十百]+)(?={COUNTED})")
SPELLINGS = (
    (re.compile(r"(\d+)(?:号楼|#楼|幢|座|#栋|号栋)"), r"\1栋"),
    (re.compile(r"(\d+)#"), r"\1号"),
    (re.compile(r"[\s,，。、;；:：()（）_\-—~/\\·.]+"), " "),
)
# Administrative words before the street; many callers leave them out.
TOWN = re.compile(r"^.*(?:街道办事处|街道办|街道|镇|乡)(?=.)")
DISTRICT = re.compile(r"^.*(?:[市县旗](?![场政民花])|(?<![小社园校厂新片])区)(?=.)")
# A part of an address that is nothing but administrative words.
ADMINISTRATIVE = re.compile(r".*(?:街道办事处|街道办|街道|镇|乡|市|县|旗|(?<![小社园校厂新片])区)")
UNITS = re.compile(r"号房|号|栋|单元|室|房|层|楼|组|队|排|弄|门|第|户")
PIECES = re.compile(r"[\u4e00-\u9fff]+|\d+|[a-z]+")
# 幸福花园, 幸福小区 and 幸福苑 are one estate, 大塘村委会 and 大塘 one village.
ENDINGS = re.compile(r"(?<=..)(?:花园小区|小区|花园|花苑|家园|家苑|苑|村委会|村委|村)$")
STREET = re.compile(r"^.*(?:路|街|大道|巷)(?=..)")
# What a number counts; another number of the same kind is another door.
COUNTS = {"号": "house", "栋": "block", "单元": "entrance", "室": "room", "房": "room"}
COUNTS |= {"层": "floor", "楼": "floor", "组": "group", "队": "group", "号房": "room"}
COUNTED_BY = re.compile(r"号房|单元|[号栋室房层楼组队]")
TITLES = ("先生", "女士", "小姐", "同志", "师傅", "阿姨", "老师", "大爷", "太太")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{7,39}")


def plain(text: str) -> str:
    """Width and case levelled, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def digits(text: str) -> str:
    """Letters and digits of a telephone or account number, without country code and zeros ahead."""
    found = re.sub(r"[^0-9a-z]", "", plain(text))
    if len(found) == 13 and found.startswith("86"):
        found = found[2:]
    return found.lstrip("0")


def codes(text: str) -> set[str]:
    """What in a text can be the number of another case."""
    return {found for found in CODE.findall(plain(text).upper()) if any(map(str.isdigit, found))}


def chinese_number(text: str) -> int:
    """三十二 → 32, 一〇二 → 102."""
    if not set(text) & {"十", "百"}:
        return int("".join(str(DIGITS[sign]) for sign in text))
    total = value = 0
    for sign in text:
        if sign == "百":
            total, value = total + (value or 1) * 100, 0
        elif sign == "十":
            total, value = total + (value or 1) * 10, 0
        else:
            value = DIGITS[sign]
    return total + value


@dataclass(frozen=True)
class Name:
    """A person's name, or only a surname with a title (李女士)."""

    text: str
    surname_only: bool = False

    @classmethod
    def of(cls, text: str) -> Name:
        found = re.sub(r"[\s*＊·•]+", "", plain(text))
        for title in TITLES:
            if found.endswith(title) and len(found) > len(title):
                return cls(found.removesuffix(title), surname_only=True)
        return cls(found)


@dataclass(frozen=True)
class Address:
    """Where somebody lives: the sounds of the names of places, and the numbers in order."""

    words: str = ""
    numbers: tuple[str, ...] = ()
    # What each number counts; empty where nobody said.
    counts: tuple[str, ...] = ()
    # Names of places with the number that follows them, to look others up by.
    doors: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str) -> Address:
        pieces = PIECES.findall(local(text))
        words, numbers, counts, doors = [], [], [], []
        last = ""
        for piece, after in zip(pieces, [*pieces, ""][1:], strict=True):
            if piece[0] < "\u4e00":
                number = piece.lstrip("0") or piece
                numbers.append(number)
                unit = COUNTED_BY.match(after)
                counts.append(COUNTS[unit[0]] if unit else "")
                if len(last) > 1:
                    doors.append((last[-3:], number))
                last = ""
                continue
            name = ENDINGS.sub("", UNITS.sub("", piece))
            words.append(sounded(name))
            last = sounded(STREET.sub("", name))
        return cls("".join(words), tuple(numbers), tuple(counts), tuple(doors))


def local(text: str) -> str:
    """An address from the street on, its numbers in one form."""
    found = plain(text)
    found = CHINESE_NUMBER.sub(lambda match: str(chinese_number(match[1])), found)
    for pattern, form in SPELLINGS:
        found = pattern.sub(form, found)
    # Each part for itself: some put the estate first and the town behind.
    parts = [part for part in found.split(" ") if part]
    said = [part for part in parts if not ADMINISTRATIVE.fullmatch(part)] or parts
    return "|".join(DISTRICT.sub("", TOWN.sub("", part)) for part in said)


def place_name(text: str) -> str:
    """A line or transformer area without what people add to its name or leave out."""
    found = CHINESE_NUMBER.sub(lambda match: str(chinese_number(match[1])), plain(text))
    found = re.sub(r"[\s#\-—号]+", "", found)
    return re.sub(r"(?:公用变压器|变压器|公用变|公变|配变|台区|线路|线)+$", "", found)
