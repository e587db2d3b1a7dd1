"""Finding the header row and which column is which; their order is free."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from core.sheets import values
from core.sheets.checks import Problem, letter_of
from core.sheets.definition import Column, Form

SEARCH_ROWS = 15
CELL = re.compile(r"([A-Z]+)(\d+)")


def folded(heading: Any) -> str:
    """A heading without what people vary: blanks, width, star, the unit in brackets."""
    text = values.folded(values.plain(heading)).lower().replace("*", "")
    return re.sub(r"\([^()]*\)$", "", text) or text


@dataclass
class Heading:
    """Where the header is, and which cell of a row belongs to which column."""

    form: Form
    sheet: str
    row: int | None = None
    places: dict[str, int] = field(default_factory=dict)  # key → index from 0
    problems: list[Problem] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)  # heading that is passed over → index

    @property
    def letters(self) -> dict[str, str]:
        return {key: letter_of(index + 1) for key, index in self.places.items()}

    def letter_at(self, number: int) -> str:
        return letter_of(number)

    def take(self, cells: Sequence[Any]) -> dict[str, Any]:
        """The raw values of a row by key."""
        return {
            key: cells[index] if index < len(cells) else None for key, index in self.places.items()
        }

    def is_blank(self, cells: Sequence[Any]) -> bool:
        """Whether none of the form's columns holds anything."""
        found = (cells[index] for index in self.places.values() if index < len(cells))
        return all(
            value is None or (isinstance(value, str) and not value.strip()) for value in found
        )

    def left_out(self, cells: Sequence[Any]) -> str:
        """By which word a row is no matter of the form; empty when it is one."""
        for label, words in self.form.left_out.items():
            index = self.passed.get(label, len(cells))
            said = values.plain(cells[index]).strip() if index < len(cells) else ""
            if said in words:
                return said
        return ""

    def problem_at(self, cell: str, rule: str, message: str, remedy: str) -> Problem | None:
        """A problem at a cell below the header, in one of the form's columns; else None."""
        match = CELL.fullmatch(cell)
        if not match or self.row is None or int(match[2]) <= self.row:
            return None
        for key, letter in self.letters.items():
            if letter == match[1]:
                column = self.form.column(key)
                return self.problem(rule, message, remedy, cell=cell, column=column)
        return None

    def problem(
        self, rule: str, message: str, remedy: str, *, cell: str = "", column: Column | None = None
    ) -> Problem:
        match = CELL.fullmatch(cell)
        return Problem(
            sheet=self.sheet,
            row=int(match[2]) if match else 0,
            column=column.label if column else "",
            cell=cell,
            rule=rule,
            message=message,
            remedy=remedy,
            key=column.key if column else "",
        )


def locate(form: Form, rows: Sequence[tuple[int, list[Any]]], *, sheet: str) -> Heading:
    """Find the header among the first rows: the one with the most of the form's labels."""
    known = _known(form)
    heading = Heading(form, sheet)
    best: tuple[int, int, list[Any]] | None = None
    for number, cells in rows[:SEARCH_ROWS]:
        hits = sum(folded(cell) in known for cell in cells if cell is not None)
        if hits and (best is None or hits > best[0]):
            best = (hits, number, cells)
    if best is None or best[0] < min(2, len(form.columns)):
        labels = "、".join(column.label for column in form.columns[:8])
        heading.problems.append(
            heading.problem(
                "no_header",
                _("前 %(count)d 行里没有找到表头") % {"count": SEARCH_ROWS},
                _("请使用“%(title)s”模板；表头应有：%(labels)s。")
                % {"title": form.title, "labels": labels},
            )
        )
        return heading
    heading.row = best[1]
    _assign(heading, best[2], known)
    _note_missing(heading)
    return heading


def of_keys(form: Form, keys: Mapping[str, int], *, sheet: str) -> Heading:
    """Which key of lines of JSON is which column; ``keys`` with the line where each stands first.

    They have no header: an unknown key is named with its line.
    """
    known, heading = _known(form), Heading(form, sheet)
    if not keys:
        return heading
    heading.row = 0
    _assign(heading, list(keys), known)
    passed = {folded(label): label for label in form.passed_over}
    unknown = iter([key for key in keys if key.strip() and folded(key) not in known | passed])
    for place, problem in enumerate(heading.problems):
        problem = replace(problem, cell="")
        if problem.rule == "unknown_column":
            key = next(unknown)
            message = _("第 %(row)d 行的键“%(key)s”不是模板的列名")
            message %= {"row": keys[key], "key": key[:40]}
            problem = replace(problem, sheet="", row=keys[key], message=message)
        heading.problems[place] = problem
    _note_missing(heading)
    return heading


def _known(form: Form) -> dict[str, Column]:
    known = {folded(column.label): column for column in form.columns}
    known.update({folded(column.heading): column for column in form.columns})
    return known


def _assign(heading: Heading, cells: Sequence[Any], known: dict[str, Column]) -> None:
    passed = {folded(label): label for label in heading.form.passed_over}
    for index, cell in enumerate(cells):
        if cell is None or not str(cell).strip():
            continue
        place = f"{letter_of(index + 1)}{heading.row}"
        column = known.get(folded(cell))
        if column is None and (label := passed.get(folded(cell))) is not None:
            heading.passed.setdefault(label, index)
        elif column is None:
            heading.problems.append(_unknown(heading, values.plain(cell)[:40], place))
        elif column.key in heading.places:
            heading.problems.append(
                heading.problem(
                    "duplicate_column",
                    _("表头“%(label)s”出现了两次") % {"label": column.label},
                    _("请删除重复的一列。"),
                    cell=place,
                    column=column,
                )
            )
        else:
            heading.places[column.key] = index


def _unknown(heading: Heading, label: str, place: str) -> Problem:
    labels = [column.label for column in heading.form.columns]
    near = difflib.get_close_matches(label, labels, n=1, cutoff=0.3)
    if near:
        remedy = _("是否为“%(near)s”？请改正表头或删除此列。") % {"near": near[0]}
    else:
        remedy = _("请删除此列，不要增加模板以外的列。")
    return heading.problem(
        "unknown_column", _("模板中没有“%(label)s”这一列") % {"label": label}, remedy, cell=place
    )


def _note_missing(heading: Heading) -> None:
    for column in heading.form.columns:
        if column.required and column.key not in heading.places:
            heading.problems.append(
                heading.problem(
                    "missing_column",
                    _("缺少必填列“%(label)s”") % {"label": column.label},
                    _("请使用现行模板，不要删除列。"),
                    column=column,
                )
            )
