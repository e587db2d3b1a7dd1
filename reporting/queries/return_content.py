"""A version with everything that it is judged by: definition, earlier periods, waivers."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from datetime import date
from itertools import product
from typing import Any

from accounts.models import Organisation
from core.sheets.checks import Problem
from core.sheets.definition import Form
from reporting.models import Return, ReturnVersion, ReturnWaiver
from reporting.returns import carrying, definition, examining, periods
from reporting.returns.periods import Period

Rows = dict[str, list[dict[str, Any]]]


def past(entry: Return) -> dict[str, Rows]:
    """The accepted rows of the last period and of the same period last year, where there are."""
    every, period = definition.of(entry.form).every, Period(entry.period_start, entry.period_end)
    wanted = {
        "last": periods.before(every, period),
        "last_year": periods.year_before(every, period),
    }
    starts = {found.start for found in wanted.values() if found is not None}
    earlier = (
        Return.objects.accepted()
        .filter(code=entry.code, organisation=entry.organisation_id, period_start__in=starts)
        .select_related("accepted_version")
    )
    rows = {one.period_start: one.accepted_version.rows for one in earlier if one.accepted_version}
    # For what is filed once a year the last period is the year before.
    return {
        name: rows[found.start]
        for name, found in wanted.items()
        if found is not None and found.start in rows
    }


def span(entry: Return) -> tuple[date, date] | None:
    """The days that are reported; what is filed once tells of other days as well."""
    once = definition.of(entry.form).every == "once"
    return None if once else (entry.period_start, entry.period_end)


def waived(entry: Return) -> frozenset[str]:
    """The checks that the unit need not pass in the period."""
    holding = ReturnWaiver.objects.holding(on=entry.period_end)
    names = holding.filter(code=entry.code, organisation=entry.organisation_id)
    return frozenset(names.exclude(check_name="").values_list("check_name", flat=True))


def examine(version: ReturnVersion) -> examining.Examination:
    """Everything wrong with a version as it stands."""
    booklet = definition.of(version.entry.form).booklet
    found = booklet.clean(version.rows, past=past(version.entry), period=span(version.entry))
    return examining.judge(
        booklet,
        version.rows,
        found.problems,
        confirmed=version.confirmed,
        waived=waived(version.entry),
    )


def first_rows(entry: Return) -> Rows:
    """With what a return begins: last period's standing columns, units, fixed lists of choices."""
    meant = definition.of(entry.form)
    last = past(entry).get("last", {})
    found: Rows = {}
    for sheet in meant.booklet.sheets:
        columns = meant.prefill.get(sheet.name, ())
        if columns and last.get(sheet.name):
            found[sheet.name] = [{key: row.get(key) for key in columns} for row in last[sheet.name]]
        elif sheet.name in meant.starts:
            found[sheet.name] = _master(sheet.form, meant.starts[sheet.name], entry.organisation)
        if sheet.name in found:
            carrying.openings(meant, sheet.name, found[sheet.name], last)
    return found


def _master(form: Form, start: Mapping[str, Any], unit: Organisation) -> list[dict[str, Any]]:
    """One row per subordinate unit and choice: what stands fast before anything is filled in."""
    axes: list[list[tuple[str, Any]]] = []
    if key := start.get("units"):
        children = Organisation.objects.in_force().filter(
            path__startswith=unit.path, depth=unit.depth + 1
        )
        below = [str(child) for child in children]
        axes.append([(key, name) for name in below or [str(unit)]])
    for key in start.get("each", ()):
        axes.append([(key, choice) for choice in form.column(key).choices])
    return [dict(row) for row in product(*axes)]


def template(entry: Return) -> bytes:
    """The official workbook: with the draft's rows, else with what is known beforehand."""
    booklet = definition.of(entry.form).booklet
    version = entry.current_version
    rows = version.rows if version is not None else first_rows(entry)
    return booklet.template(rows, mark=mark_of(version) if version is not None else "")


def mark_of(version: ReturnVersion) -> str:
    """What a workbook carries of the draft that it was made from: 12.1.5 (version, revision)."""
    return f"{version.entry_id}.{version.number}.{version.revision}"


def saved_since(version: ReturnVersion, mark: str, *, by: Collection[int]) -> bool:
    """Whether somebody besides ``by`` saved the draft since a workbook was made from it."""
    entry, number, revision = (mark.split(".") + ["", "", ""])[:3]
    if (entry, number) != (str(version.entry_id), str(version.number)) or not revision.isdigit():
        return False
    savings = max(0, version.revision - int(revision))
    return any(saver not in by for saver in version.savers[len(version.savers) - savings :])


def error_copy(version: ReturnVersion, problems: list[Problem]) -> bytes:
    """The draft as a workbook with every problem marked at its cell."""
    return definition.of(version.entry.form).booklet.error_copy(version.rows, problems)


def read(entry: Return, content: bytes, name: str) -> Any:
    """An uploaded workbook, read sheet by sheet and checked with the earlier periods."""
    booklet = definition.of(entry.form).booklet
    return booklet.read(io.BytesIO(content), name=name, past=past(entry), period=span(entry))
