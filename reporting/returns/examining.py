"""What is wrong with a version: hard problems, soft warnings, what was confirmed or waived."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets.booklet import Booklet
from core.sheets.checks import Problem, names_of
from core.sheets.definition import FIRST_DATA_ROW
from reporting.parts import ROW_KEY

if TYPE_CHECKING:
    from reporting.models import ReturnVersion


def check_key(booklet: Booklet, problem: Problem) -> str:
    """Names a check within a form, as waivers do: sheet/rule/column, and which of several alike."""
    name = next((s.name for s in booklet.sheets if s.form.sheet_name == problem.sheet), "")
    return f"{name}/{problem.check or f'{problem.rule}/{problem.key}'}"


@dataclass(frozen=True)
class Warning:
    """A soft problem: the key under which it is confirmed, and the reason once it is."""

    key: str
    problem: Problem
    reason: str = ""
    # The check that it is of: many of one check may be confirmed together.
    kind: str = ""


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

    @property
    def alike(self) -> list[tuple[str, Problem, int]]:
        """Checks that speak more than once without a reason yet: name, an example, how often."""
        found: dict[str, list[Problem]] = {}
        for warning in self.unconfirmed:
            found.setdefault(warning.kind, []).append(warning.problem)
        return [(kind, some[0], len(some)) for kind, some in found.items() if len(some) > 1]

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
        kind = check_key(booklet, problem)
        if kind in waived:
            found.waived.append(problem)
        elif problem.severity == "hard":
            found.hard.append(problem)
        else:
            key = warning_key(rows.get(names.get(problem.sheet, ""), []), problem)
            found.warnings.append(Warning(key, problem, confirmed.get(key, ""), kind))
    return found


def waivable(booklet: Booklet) -> dict[str, str]:
    """The checks that a waiver may name, each with its sentence."""
    from core.sheets import across, wording

    found = {}
    for sheet in booklet.sheets:
        checks = sheet.form.checks
        for name, check in zip(names_of(checks), checks, strict=True):
            found[f"{sheet.name}/{name}"] = wording.check_of(sheet.form, check)
    for check, names in zip(booklet.checks, booklet.across_names(), strict=True):
        for name in names.values():
            told = check.message or across.explained(booklet, check)
            found[f"{check.params['sheet']}/{name}"] = told
    return found


def on_day(version: ReturnVersion) -> date:
    """The day by which waivers are judged: the last of the period."""
    return version.entry.period_end
