"""What is wrong with a version: hard problems, soft warnings, what was confirmed or waived."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets.booklet import Booklet
from core.sheets.checks import Problem
from core.sheets.definition import FIRST_DATA_ROW
from reporting.parts import ROW_KEY

if TYPE_CHECKING:
    from reporting.models import ReturnVersion


def check_key(booklet: Booklet, problem: Problem) -> str:
    """Names a check within a form, as waivers do: sheet/rule/column."""
    name = next((s.name for s in booklet.sheets if s.form.sheet_name == problem.sheet), "")
    return f"{name}/{problem.rule}/{problem.key}"


@dataclass(frozen=True)
class Warning:
    """A soft problem: the key under which it is confirmed, and the reason once it is."""

    key: str
    problem: Problem
    reason: str = ""


@dataclass(frozen=True)
class Examination:
    """Everything there is to say about a version before it may be filed."""

    hard: list[Problem] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    waived: list[Problem] = field(default_factory=list)

    @property
    def unconfirmed(self) -> list[Warning]:
        return [warning for warning in self.warnings if not warning.reason]

    @property
    def problems(self) -> list[Problem]:
        return [*self.hard, *(warning.problem for warning in self.warnings)]

    def refusal(self) -> str:
        """Why the version may not be filed; empty when it may."""
        if self.hard:
            return _("还有%(count)d处错误须改正。") % {"count": len(self.hard)}
        if self.unconfirmed:
            return _("还有%(count)d处提示须说明理由。") % {"count": len(self.unconfirmed)}
        return ""


def warning_key(rows: Sequence[Mapping[str, Any]], problem: Problem) -> str:
    """Names a warning by what it is about, so that a confirmation holds until that changes."""
    index = problem.row - FIRST_DATA_ROW
    row = rows[index].get(ROW_KEY, "") if problem.row and 0 <= index < len(rows) else ""
    told = "|".join((problem.sheet, str(row), problem.key, problem.rule, problem.message))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def judge(
    booklet: Booklet,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    problems: Sequence[Problem],
    *,
    confirmed: Mapping[str, str],
    waived: frozenset[str],
) -> Examination:
    """Sort problems by what they ask for. A required cell or a wrong type is never waived."""
    names = {sheet.form.sheet_name: sheet.name for sheet in booklet.sheets}
    found = Examination()
    for problem in problems:
        if check_key(booklet, problem) in waived:
            found.waived.append(problem)
        elif problem.severity == "hard":
            found.hard.append(problem)
        else:
            key = warning_key(rows.get(names.get(problem.sheet, ""), []), problem)
            found.warnings.append(Warning(key, problem, confirmed.get(key, "")))
    return found


def waivable(booklet: Booklet) -> dict[str, str]:
    """The checks that a waiver may name, each with its sentence."""
    from core.sheets import across, wording

    found = {}
    for sheet in booklet.sheets:
        for check in sheet.form.checks:
            for name in ("left", "column", "end", "value", "part", "total", "columns"):
                if name in check.params:
                    named = check.params[name]
                    key = named[0] if isinstance(named, list) else named
                    found[f"{sheet.name}/{check.name}/{key}"] = wording.check_of(sheet.form, check)
                    break
    for check in booklet.checks:
        columns = check.params.get("column") or booklet.form(check.params["sheet"]).key[:1]
        for key in columns if isinstance(columns, (list, tuple)) else [columns]:
            name = f"{check.params['sheet']}/{check.name}/{key}"
            found[name] = check.message or across.explained(booklet, check)
    return found


def on_day(version: ReturnVersion) -> date:
    """The day by which waivers are judged: the last of the period."""
    return version.entry.period_end
