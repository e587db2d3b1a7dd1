"""What every move of a report shares: lock, ask, write where it stands, keep the printed files."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.territory import national_regulator
from core import audit, clock, files
from core.errors import Conflict, Refused
from core.models import StoredFile
from reporting import documents
from reporting.decision_forms import LONGEST_REASON
from reporting.models import FigureSnapshot, StageReport
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import User


RELATED = ("organisation", "snapshot__template", "current_version__approved_by", "corrects")
LONGEST_NOTE = 1000


def given(reason: str) -> str:
    """The reason for sending back. Raises ``Refused`` where it is missing or too long to be kept.

    Nothing is cut off: who is sent back has to read all of it.
    """
    return _words(reason, missing=_("请写明退回理由。"), most=LONGEST_REASON)


def noted(note: str) -> str:
    """What a correction puts right. Raises ``Refused`` where it is missing or too long."""
    return _words(note, missing=_("请写明更正内容和原因。"), most=LONGEST_NOTE)


def _words(text: str, *, missing: str, most: int) -> str:
    # A line break counts as one character, as it does in the browser.
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(missing)
    if len(text) > most:
        words = {"most": most, "count": len(text)}
        raise Refused(_("不能超过%(most)d个字，现有%(count)d个字，请缩短后再提交。") % words)
    return text


def current(report: StageReport) -> StageReport:
    """The report as it stands, without a lock."""
    return StageReport.objects.select_related(*RELATED).get(pk=report.pk)


def lock(report: StageReport) -> StageReport:
    """The report as it stands, held until the end of the transaction."""
    locked = StageReport.objects.select_for_update(of=("self",))
    return locked.select_related(*RELATED).get(pk=report.pk)


def check_move(report: StageReport, move: workflow.Move, *, by: User) -> None:
    """Raise ``Refused`` with the reason where the person may not make the move now."""
    if why_not := workflow.refusal(move, report, by=by):
        raise Refused(why_not)


def lock_for(report: StageReport, move: workflow.Move, *, by: User) -> StageReport:
    """Lock the report and ask whether the person may make the move. Raises ``Refused``."""
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


@dataclass(frozen=True)
class Printed:
    """The three files of a version as they were printed, with what they were printed from."""

    snapshot: FigureSnapshot
    words: Sequence[Mapping[str, Any]]
    heads: documents.Heads
    received: Mapping[str, files.Received]

    def enter(
        self, report: StageReport, *, by: User | None, now: datetime
    ) -> dict[str, StoredFile]:
        """The rows of the files, in the caller's transaction."""
        organisation = report.organisation
        return {
            kind: files.enter(received, by=by, now=now, organisation=organisation)
            for kind, received in self.received.items()
        }


def print_out(
    snapshot: FigureSnapshot, words: Sequence[Mapping[str, Any]], heads: documents.Heads
) -> Printed:
    """Print the files and lay them down, named after the report.

    Takes seconds: to be called before a transaction begins, so that nobody waits for a lock.
    """
    made = documents.render(snapshot, words, heads)
    return Printed(snapshot, words, heads, lay_down(made, title=heads.title))


def lay_down(made: Mapping[str, bytes], *, title: str) -> dict[str, files.Received]:
    """Printed files, checked and laid down under their hash; their rows follow."""
    return {
        kind: files.receive(
            io.BytesIO(content),
            purpose="report",
            kinds=(kind,),
            name=f"{title}附表.xlsx" if kind == "xlsx" else f"{title}.{kind}",
        )
        for kind, content in made.items()
    }


def snapshot_of(report: StageReport) -> FigureSnapshot:
    """The figures of the report. Raises ``Refused`` where none were taken yet."""
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
