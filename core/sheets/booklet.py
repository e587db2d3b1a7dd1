"""A form of several sheets: definition, checks across sheets and against earlier periods.

Each sheet is a ``Form`` under the booklet's own code and version, so that template, reading, checks
and comparison of one sheet are those of ``core.sheets``.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets import across
from core.sheets.checks import EVERY_PROBLEM, Places, Problem, clean, judged, letter_of
from core.sheets.definition import (
    CHECK_OWN,
    FIRST_DATA_ROW,
    Check,
    DefinitionError,
    Form,
    load_form,
    reason_of,
)
from core.sheets.rules import Row

if TYPE_CHECKING:
    from core.sheets.booklet_files import ReadBooklet

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
SHEET_LIMIT = 12


@dataclass(frozen=True)
class Sheet:
    """One sheet: the name by which rules and stored rows call it, and its form."""

    name: str
    form: Form


@dataclass(frozen=True)
class Checked:
    """All sheets in stored form, every problem and what was changed on the way."""

    rows: dict[str, list[dict[str, Any]]]
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Booklet:
    """Sheets and rules under one code, version and first day of validity."""

    code: str
    title: str
    version: int
    sheets: tuple[Sheet, ...]
    checks: tuple[Check, ...] = ()
    valid_from: date | None = None
    help: str = ""

    @cached_property
    def by_name(self) -> dict[str, Form]:
        return {sheet.name: sheet.form for sheet in self.sheets}

    def form(self, name: str) -> Form:
        """The form of a sheet. Raises KeyError."""
        return self.by_name[name]

    def clean(
        self,
        rows: Rows,
        *,
        past: Mapping[str, Rows] | None = None,
        places: Mapping[str, Mapping[str, Any]] | None = None,
        period: tuple[date, date] | None = None,
    ) -> Checked:
        """Every sheet by itself, then what holds between sheets and against earlier periods.

        ``past`` holds the accepted rows of the ``last`` period and of the same period ``last_year``
        where there are any; ``places`` per sheet the line numbers and letters of what was read.
        """
        places = places or {}
        result = Checked({}, [])
        for sheet in self.sheets:
            found = clean(
                sheet.form,
                rows.get(sheet.name) or [],
                limit=EVERY_PROBLEM,
                period=period,
                **places.get(sheet.name, {}),
            )
            result.rows[sheet.name] = found.rows
            result.problems.extend(found.problems)
            result.notes.extend(found.notes)
        result.problems.extend(self.across(result.rows, past=past or {}, places=places))
        return result

    def across(
        self,
        rows: Rows,
        *,
        past: Mapping[str, Rows],
        places: Mapping[str, Mapping[str, Any]],
    ) -> list[Problem]:
        """Problems between sheets and against earlier periods; rows are in stored form."""
        held = {name: [_row(row) for row in listed] for name, listed in rows.items()}
        problems = []
        for check, names in zip(self.checks, self.across_names(), strict=True):
            sheet = str(check.params["sheet"])
            where = _places(self.form(sheet), len(held.get(sheet, ())), places.get(sheet, {}))
            rule = across.REGISTRY[check.name]
            for found in rule.find(self, check.params, held, past):
                name = names.get(found.key, f"{check.name}/{found.key}")
                problems.append(judged(found, check, where, name))
        return problems

    def across_names(self) -> list[dict[str, str]]:
        """For each rule between sheets and periods its names by column, as waivers use them."""
        seen: Counter[str] = Counter()
        listed = []
        for check in self.checks:
            sheet = check.params["sheet"]
            columns = check.params.get("column") or self.form(sheet).key[:1]
            names = {}
            for key in columns if isinstance(columns, (list, tuple)) else [columns]:
                name = f"{check.name}/{key}"
                seen[f"{sheet}/{name}"] += 1
                count = seen[f"{sheet}/{name}"]
                names[key] = name if count == 1 else f"{name}#{count}"
            listed.append(names)
        return listed

    def template(self, rows: Rows | None = None, *, mark: str = "") -> bytes:
        """The official .xlsx template of all sheets, empty or filled in with rows.

        ``mark`` comes back with the filled-in workbook: see ``ReadBooklet.mark``.
        """
        from core.sheets.booklet_files import template

        return template(self, rows or {}, mark=mark)

    def read(
        self,
        upload: IO[bytes],
        *,
        name: str,
        past: Mapping[str, Rows] | None = None,
        period: tuple[date, date] | None = None,
    ) -> ReadBooklet:
        """Read a filled-in workbook sheet by sheet in limited child processes, and check it."""
        from core.sheets.booklet_files import read_booklet

        return read_booklet(self, upload, name=name, past=past, period=period)

    def error_copy(self, rows: Rows, problems: Sequence[Problem]) -> bytes:
        """The rows as a workbook with each problem marked at its cell."""
        from core.sheets.booklet_files import error_copy

        return error_copy(self, rows, problems)

    def rules(self) -> list[str]:
        """What holds between sheets and against earlier periods, one sentence each."""
        return [check.message or across.explained(self, check) for check in self.checks]


def _row(values: Mapping[str, Any]) -> Row:
    row = Row()
    row.update(values)
    return row


def _places(form: Form, count: int, known: Mapping[str, Any]) -> Places:
    return Places(
        form=form,
        lines=known.get("lines") or range(FIRST_DATA_ROW, FIRST_DATA_ROW + count),
        letters=known.get("letters")
        or {column.key: letter_of(i) for i, column in enumerate(form.columns, start=1)},
    )


def load_booklet(data: Mapping[str, Any]) -> Booklet:
    """Read a definition of several sheets from a mapping. Raises ``DefinitionError``.

    Entries that a booklet does not know are left to whoever owns it.
    """
    code = data.get("code")
    if not isinstance(code, str) or not code.isidentifier() or not code.islower():
        raise DefinitionError(_("缺少 code，或 code 不是小写标识符"))
    for name, kind in (("title", str), ("version", int)):
        if not isinstance(data.get(name), kind):
            raise DefinitionError(
                _("%(place)s：缺少必需的项“%(name)s”") % {"place": code, "name": name}
            )
    listed = data.get("sheets")
    if not isinstance(listed, list) or not 0 < len(listed) <= SHEET_LIMIT:
        limits = {"place": code, "limit": SHEET_LIMIT}
        raise DefinitionError(_("%(place)s：sheets 应有1至%(limit)d个工作表") % limits)
    sheets = tuple(_sheet(item, data) for item in listed)
    for what in ([s.name for s in sheets], [s.form.sheet_name for s in sheets]):
        if len(set(what)) < len(what):
            raise DefinitionError(_("%(place)s：工作表重名") % {"place": code})
    booklet = Booklet(
        code=code,
        title=data["title"],
        version=data["version"],
        sheets=sheets,
        checks=tuple(_check(item, code) for item in data.get("checks") or ()),
        valid_from=data.get("valid_from"),
        help=str(data.get("help") or ""),
    )
    for check in booklet.checks:
        _examine(booklet, check)
    return booklet


def _sheet(item: Any, data: Mapping[str, Any]) -> Sheet:
    if not isinstance(item, Mapping) or not str(item.get("name") or "").isidentifier():
        raise DefinitionError(
            _("%(place)s：每个工作表要有 name（小写标识符）") % {"place": data["code"]}
        )
    own = {name: value for name, value in item.items() if name != "name"}
    own.setdefault("title", data["title"])
    form = load_form({"code": data["code"], "version": data["version"], **own})
    return Sheet(str(item["name"]), form)


def _check(item: Any, place: str) -> Check:
    if not isinstance(item, Mapping) or not item.get("check") or not item.get("sheet"):
        raise DefinitionError(_("%(place)s：表间校验须写明 check 和 sheet") % {"place": place})
    params = {name: value for name, value in item.items() if name not in (*CHECK_OWN, "check")}
    own = {name: item[name] for name in CHECK_OWN if name in item}
    if own.get("severity", "hard") not in ("hard", "soft"):
        raise DefinitionError(_("%(place)s：severity 只能是 hard 或 soft") % {"place": place})
    return Check(name=str(item["check"]), params=params, **own)


def _examine(booklet: Booklet, check: Check) -> None:
    rule = across.REGISTRY.get(check.name)
    if rule is None:
        near = difflib.get_close_matches(check.name, across.REGISTRY, n=1) or ["—"]
        raise DefinitionError(
            _("%(place)s：没有名为“%(name)s”的校验规则，最接近的是“%(near)s”")
            % {"place": booklet.code, "name": check.name, "near": near[0]}
        )
    try:
        rule.examine(booklet, check.params)
    except (KeyError, TypeError, ValueError) as error:
        raise DefinitionError(
            _("%(place)s：校验规则“%(name)s”的参数不对：%(error)s")
            % {
                "place": booklet.code,
                "name": check.name,
                "error": reason_of(error, _names(booklet)),
            }
        ) from error


def _names(booklet: Booklet) -> list[str]:
    """The sheets and their columns."""
    columns = (key for sheet in booklet.sheets for key in sheet.form.by_key)
    return [*booklet.by_name, *columns]
