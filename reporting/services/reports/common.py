"""What every move of a report shares: lock, ask, write where it stands, keep the printed files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import Refused
from reporting import documents
from reporting.decision_forms import LONGEST_REASON
from reporting.models import FigureSnapshot, StageReport
from reporting.services.papers import Desk, Printed, lay_down
from reporting.services.reports import addressing
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    pass


LONGEST_NOTE = 1000


def given(reason: str) -> str:
    """The reason for sending back. Raises ``Refused`` where it is missing or too long to be kept.

    Nothing is cut off: who is sent back has to read all of it.
    """
    return _words(reason, missing=_("请写明退回理由。"), most=LONGEST_REASON)


def noted(note: str) -> str:
    """What a correction puts right. Raises ``Refused`` where it is missing or too long."""
    return _words(note, missing=_("请写明更正内容和原因。"), most=LONGEST_NOTE)


def reasoned(reason: str) -> str:
    """Why a paper is withdrawn. Raises ``Refused`` where it is missing or too long."""
    return _words(reason, missing=_("请写明撤销原因。"), most=LONGEST_NOTE)


def _words(text: str, *, missing: str, most: int) -> str:
    # A line break counts as one character, as it does in the browser.
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(missing)
    if len(text) > most:
        words = {"most": most, "count": len(text)}
        raise Refused(_("不能超过%(most)d个字，现有%(count)d个字，请缩短后再提交。") % words)
    return text


desk = Desk(
    StageReport,
    kind="report",
    related=("organisation", "snapshot__template", "current_version__approved_by", "corrects"),
    refusal=workflow.refusal,
    busy=gettext_lazy("报告刚被他人办理，请刷新后再试。"),
)
current, lock, check_move, lock_for, move = (
    desk.current,
    desk.lock,
    desk.check,
    desk.lock_for,
    desk.move,
)


def print_out(
    snapshot: FigureSnapshot, words: Sequence[Mapping[str, Any]], heads: documents.Heads
) -> Printed:
    """Print the files and lay them down, named after the report.

    Takes seconds: to be called before a transaction begins, so that nobody waits for a lock.
    """
    made = documents.render(snapshot, words, heads)
    return Printed((snapshot, words, heads), lay_down(made, title=heads.title))


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
    content = snapshot.template.content
    upward = content.get("addressee") in addressing.UPWARD
    approver = report.current_version.approved_by if report.current_version else None
    return documents.Heads(
        title=report.title,
        day=day,
        number=number or report.document_number,
        addressee="、".join(addressing.named(content.get("addressee", ""), snapshot, day)),
        signatory=approver.name if upward and issued_at and approver else "",
        correction=report.correction_note,
        cc=[
            name
            for rule in content.get("copies", ())
            for name in addressing.named(rule, snapshot, day)
        ],
    )
