"""What every move of a report shares: lock, ask, write where it stands, keep the printed files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.territory import national_regulator
from core import audit, clock, files
from core.errors import Conflict, Refused
from core.models import StoredFile
from reporting import documents
from reporting.models import FigureSnapshot, StageReport
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import User


def lock(report: StageReport) -> StageReport:
    related = ("organisation", "snapshot__template", "current_version__approved_by", "corrects")
    locked = StageReport.objects.select_for_update(of=("self",))
    return locked.select_related(*related).get(pk=report.pk)


def check_move(report: StageReport, move: workflow.Move, *, by: User) -> None:
    if why_not := workflow.refusal(move, report, by=by):
        raise Refused(why_not)


def lock_for(report: StageReport, move: workflow.Move, *, by: User) -> StageReport:
    report = lock(report)
    check_move(report, move, by=by)
    return report


def move(
    report: StageReport,
    move: workflow.Move,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    **changes: Any,
) -> StageReport:
    """Lock, ask, write the new state where the old one still stands, leave a trace."""
    report = lock_for(report, move, by=by)
    changes["state"] = move.target
    if not StageReport.objects.filter(pk=report.pk, state=report.state).update(**changes):
        raise Conflict(_("报告刚被他人办理，请刷新后再试。"))
    for field, value in changes.items():
        setattr(report, field, value)
    version = report.current_version.number if report.current_version else None
    number = report.document_number
    audit.record(
        f"report.{move.name}", report, by=by, now=now, reason=reason, version=version, number=number
    )
    return report


def store(
    report: StageReport, made: Mapping[str, bytes], *, by: User | None, now: datetime
) -> dict[str, StoredFile]:
    """Keep the printed files, named after the report."""
    return {
        kind: files.store(
            io.BytesIO(made[kind]),
            by=by,
            now=now,
            organisation=report.organisation,
            purpose="report",
            kinds=(kind,),
            name=f"{report.title}.{kind}" if kind != "xlsx" else f"{report.title}附表.xlsx",
        )
        for kind in made
    }


def snapshot_of(report: StageReport) -> FigureSnapshot:
    if report.snapshot is None:
        raise Refused(_("报告还没有数据。"))
    return report.snapshot


def heads_of(
    report: StageReport,
    snapshot: FigureSnapshot,
    *,
    number: str = "",
    issued_at: datetime | None = None,
) -> documents.Heads:
    """What stands around the words. A draft carries the day of its figures, no number and no name;
    an issued report the day it was issued and who approved it."""
    issued_at = issued_at or report.issued_at
    day = (issued_at or snapshot.taken_at).astimezone(clock.ZONE).date()
    upward = snapshot.template.content.get("addressee") == "national"
    approver = report.current_version.approved_by if report.current_version else None
    return documents.Heads(
        title=report.title,
        day=day,
        number=number or report.document_number,
        addressee=national_regulator().name_on(day) if upward else "",
        signatory=approver.name if upward and issued_at and approver else "",
        correction=report.correction_note,
    )
