"""Chinese characters by their sound, so that 张 and 章 in a name that was heard count as one."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from pathlib import Path

from core import catalogue_files

# GB 2312 orders its first level (3,755 common characters, 啊 to 座) by sound.
FIRST, LAST = b"\xb0\xa1", b"\xd7\xf9"


@cache
def _starts() -> tuple[list[bytes], str]:
    path = Path(__file__).parent.parent / "catalogue" / "sounds.yaml"
    first: str = catalogue_files.read(path)["first_of_each"]
    signs = "".join(first.split())
    return [sign.encode("gb2312") for sign in signs], signs


@cache
def _alike() -> dict[str, str]:
    path = Path(__file__).parent.parent / "catalogue" / "sounds.yaml"
    found: dict[str, str] = catalogue_files.read(path)["written_otherwise"]
    return found


@cache
def sound(sign: str) -> str:
    """One character for all that sound alike; rare characters stand for themselves."""
    sign = _alike().get(sign, sign)
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return sign
    if not FIRST <= code <= LAST:
        return sign
    codes, signs = _starts()
    return signs[bisect_right(codes, code) - 1]


def sounded(text: str) -> str:
    """A text with every character replaced by the one that stands for its sound."""
    return "".join(map(sound, text))
