"""What a responsibility matrix says: functions × bodies and posts, one mark each; pure.

Source: grid standard 7.1 (S2-7.1c).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import catalogue_files

CATALOGUE = Path(__file__).parent / "catalogue" / "responsibilities.yaml"
LONGEST_NAME = 40


class Mark(TextChoices):
    """What a body or post has to do with a function."""

    LEAD = "R", gettext_lazy("主责")
    APPROVE = "A", gettext_lazy("审批")
    ASSIST = "C", gettext_lazy("配合")
    INFORM = "I", gettext_lazy("知会")


@dataclass(frozen=True)
class Start:
    """What a first matrix starts from, and how large one may be."""

    valid_from: date
    basis: str
    most_functions: int
    most_posts: int
    functions: tuple[str, ...]
    posts: tuple[str, ...]


@lru_cache
def _starts() -> tuple[Start, ...]:
    rows = catalogue_files.read(CATALOGUE)
    return tuple(
        Start(**{**one, "functions": tuple(one["functions"]), "posts": tuple(one["posts"])})
        for one in rows
    )


def start_on(day: date) -> Start:
    """The edition in force on a day, else the first."""
    return catalogue_files.in_force(_starts(), on=day) or _starts()[0]


@dataclass(frozen=True)
class Matrix:
    """Functions in rows, bodies and posts in columns; ``marks`` row by row, "" for none."""

    functions: tuple[str, ...]
    posts: tuple[str, ...]
    marks: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Matrix:
        marks = tuple(tuple(row) for row in content["marks"])
        return cls(tuple(content["functions"]), tuple(content["posts"]), marks)

    @classmethod
    def empty(cls, functions: Sequence[str], posts: Sequence[str]) -> Matrix:
        return cls(tuple(functions), tuple(posts), tuple(("",) * len(posts) for _one in functions))

    def with_lines(self, functions: Sequence[str], posts: Sequence[str]) -> Matrix:
        """The same with other rows and columns; what keeps its names keeps its mark."""
        known = {
            (function, post): mark
            for function, row in zip(self.functions, self.marks, strict=True)
            for post, mark in zip(self.posts, row, strict=True)
        }
        marks = tuple(tuple(known.get((f, p), "") for p in posts) for f in functions)
        return Matrix(tuple(functions), tuple(posts), marks)

    def content(self) -> dict[str, Any]:
        return {
            "functions": list(self.functions),
            "posts": list(self.posts),
            "marks": [list(row) for row in self.marks],
        }

    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each function with its (post, mark) pairs."""
        return [
            (function, list(zip(self.posts, row, strict=True)))
            for function, row in zip(self.functions, self.marks, strict=True)
        ]

    def problems(self, start: Start) -> list[str]:
        """Everything that is wrong in it: which row, which rule, what to do."""
        found = _lines_wrong(_("职能"), self.functions, start.most_functions)
        found += _lines_wrong(_("机构和岗位"), self.posts, start.most_posts)
        for function, row in zip(self.functions, self.marks, strict=True):
            leads = [p for p, mark in zip(self.posts, row, strict=True) if mark == Mark.LEAD]
            if not leads:
                text = _("职能“%(function)s”没有主责：请指定一个主责机构或者岗位。")
                found.append(text % {"function": function})
            elif len(leads) > 1:
                text = _("职能“%(function)s”有多个主责（%(posts)s）：请只留一个，其余改为配合。")
                found.append(text % {"function": function, "posts": "、".join(leads)})
        return found


def _lines_wrong(what: str, lines: Sequence[str], most: int) -> list[str]:
    found = []
    if not 1 <= len(lines) <= most:
        found.append(_("%(what)s须有1至%(most)d项。") % {"what": what, "most": most})
    if double := sorted({one for one in lines if lines.count(one) > 1}):
        text = _("%(what)s重复：%(names)s。请删去重复的。")
        found.append(text % {"what": what, "names": "、".join(double)})
    if long := [one for one in lines if len(one) > LONGEST_NAME]:
        text = _("%(what)s名称超过%(most)d个字：%(names)s。")
        found.append(text % {"what": what, "most": LONGEST_NAME, "names": "、".join(long)})
    return found
