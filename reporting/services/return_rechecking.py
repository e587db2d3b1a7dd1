"""What a newly accepted version puts in question in the periods that lean on it.

A period begins with what the last one ended with, and is compared with the year before: always with
the version that was accepted. When that one changes, a draft takes over what it had carried from
it; what was filed already is never touched, but says in which cells it no longer fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import outbox
from core.sheets.checks import Problem, letter_of
from core.sheets.definition import FIRST_DATA_ROW
from reporting.models import Return, ReturnVersion
from reporting.notifications import returns as wording
from reporting.queries import return_content
from reporting.returns import carrying, definition, periods
from reporting.returns.carrying import Carried, Rows
from reporting.returns.definition import Definition
from reporting.returns.periods import Period
from reporting.services.return_moves import record
from reporting.workflow.returns import State

if TYPE_CHECKING:
    from accounts.models import User

# Rules that look at earlier periods.
LOOKING_BACK = frozenset({"carried", "not_below", "change", "kept"})


def recheck(*, entry: Return, before: ReturnVersion | None, by: User, now: datetime) -> None:
    """Look at the later returns of the unit once a version was accepted in place of ``before``."""
    accepted = entry.accepted_version
    assert accepted is not None
    if before is not None and before.rows == accepted.rows:
        return
    every, period = definition.of(entry.form).every, Period(entry.period_start, entry.period_end)
    names: dict[date, list[str]] = {}
    for name, found in periods.leaning(every, period).items():
        names.setdefault(found.start, []).append(name)
    later = (
        Return.objects.select_for_update(of=("self",))
        .filter(code=entry.code, organisation=entry.organisation_id, period_start__in=names)
        .filter(current_version__isnull=False)
        .select_related("form", "organisation", "recipient", "current_version")
    )
    for one in later:
        old = before.rows if before else {}
        _recheck(one, names[one.period_start], entry, old, by=by, now=now)


def _recheck(
    later: Return, names: list[str], source: Return, old: Rows, *, by: User, now: datetime
) -> None:
    version = later.current_version
    assert version is not None
    version.entry = later
    meant, past = definition.of(later.form), return_content.past(later)
    new = past.get("last", {}) if "last" in names else {}
    carried = list(carrying.moved(meant, version.rows, old, new))
    if later.state == State.DRAFT:
        _take_over(version, carried)
        found = [_told(meant, one, _("已按更正后的上期数更新，请核对。")) for one in carried]
    else:
        found = [_told(meant, one, _("请按更正后的上期数更正本期报表。")) for one in carried]
    seen = {(item["sheet"], item["cell"]) for item in found}
    for problem in _broken(meant, version.rows, {**past, **dict.fromkeys(names, old)}, past):
        if (problem.sheet, problem.cell) not in seen:
            found.append(_plain(problem))
    if not found:
        return
    label = Period(source.period_start, source.period_end).label
    assert source.accepted_version is not None
    about = {"period": label, "version": source.accepted_version.number}
    # What another period put in question stands on.
    standing = [item for item in later.recheck if item["period"] != label]
    later.recheck, later.recheck_at = [*standing, *({**about, **item} for item in found)], now
    later.save(update_fields=["recheck", "recheck_at"])
    record(later, "recheck", by=by, now=now, version=version.number, cells=len(found))
    outbox.post_all(wording.recheck(version, label, found, now=now), now=now)


def _take_over(version: ReturnVersion, carried: Sequence[Carried]) -> None:
    """Put the corrected values where a draft still holds what it had carried over."""
    if not carried:
        return
    rows = deepcopy(version.rows)
    for one in carried:
        rows[one.sheet][one.index][one.column] = one.new
    version.rows, version.revision = rows, version.revision + 1
    version.savers = [*version.savers, 0]
    version.save(update_fields=["rows", "revision", "savers"])


def _broken(
    meant: Definition, rows: Rows, old: Mapping[str, Rows], new: Mapping[str, Rows]
) -> Iterator[Problem]:
    """Problems with the periods before that are there only since the correction."""
    booklet = meant.booklet
    known = {_mark(problem) for problem in booklet.clean(rows, past=old).problems}
    for problem in booklet.clean(rows, past=new).problems:
        if problem.rule in LOOKING_BACK and _mark(problem) not in known:
            yield problem


def _mark(problem: Problem) -> tuple[str, ...]:
    return (problem.sheet, problem.cell, problem.rule, problem.message)


def _plain(problem: Problem) -> dict[str, str]:
    names = {"problem": problem.message, "remedy": problem.remedy, "column": problem.column}
    return {"sheet": problem.sheet, "cell": problem.cell, **names}


def _told(meant: Definition, one: Carried, remedy: str) -> dict[str, str]:
    form = meant.booklet.form(one.sheet)
    column = form.column(one.column)
    letter = letter_of(form.columns.index(column) + 1)
    facts = {"column": column.label, "old": one.old, "new": one.new}
    return {
        "sheet": form.sheet_name,
        "cell": f"{letter}{FIRST_DATA_ROW + one.index}",
        "column": column.label,
        "problem": _("沿用的“%(column)s”已由%(old)s更正为%(new)s。") % facts,
        "remedy": remedy,
    }
