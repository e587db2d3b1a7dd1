"""Texts of cases for the search: pairs of characters for Chinese, whole words for the rest."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from operator import add

_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """The grams of a text in order, each once. Single characters give none."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found: dict[str, None] = {}
    for run in _RUN.findall(plain):
        if run[0] >= "\u4e00":
            found.update(dict.fromkeys(map(add, run, run[1:])))
        elif len(run) > 1:
            found[run] = None
    return list(found)


def grams(*texts: str) -> str:
    """What is stored beside a case to be searched: every gram between blanks."""
    found = dict.fromkeys(chain.from_iterable(map(words_of, texts)))
    return f" {' '.join(found)} " if found else ""
