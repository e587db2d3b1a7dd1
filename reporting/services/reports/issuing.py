"""Giving a report its number and its final files, and beginning a corrected one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from complaints import naming
from core import audit
from core.errors import Refused
from core.officialdoc import clean
from reporting.models import Bulletin, Circular, StageReport
from reporting.services.papers import Printed
from reporting.services.reports.building import start_job
from reporting.services.reports.common import (
    desk,
    heads_of,
    lock_for,
    move,
    noted,
    print_out,
    snapshot_of,
)
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import User


def issue(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Give the next document number, print the final files and close the report for good.

    Raises ``Refused``, ``Conflict``.
    """

    def printing(standing: StageReport, number: str) -> Printed:
        snapshot = snapshot_of(standing)
        heads = heads_of(standing, snapshot, number=number, issued_at=now)
        return print_out(snapshot, standing.current_version.chapters, heads)

    return desk.issue(
        report,
        workflow.ISSUE,
        printing=printing,
        by=by,
        now=now,
        given=lambda year, serial: {"year": year, "serial": serial},
    )


def publish(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Put the issued report on the public pages. Raises ``Refused``, ``Conflict``.

    A second pair of eyes has seen it; what looks like somebody's particulars is refused even so.
    """
    words = report.current_version.chapters if report.current_version else ()
    for one in words:
        if found := naming.patterned(f"{one['title']}\n{one['text']}"):
            told = {"title": one["title"], "what": "、".join(found)}
            raise Refused(_("“%(title)s”中有个人信息（%(what)s），不能公开。") % told)
    return move(report, workflow.PUBLISH, by=by, now=now, published_by=by, published_at=now)


def is_taken(issuer: Organisation, number: str) -> bool:
    """Whether a report, a bulletin or a circular of the office was issued under the number."""
    return any(
        paper.objects.filter(organisation=issuer, document_number=number).exists()
        for paper in (StageReport, Bulletin, Circular)
    )


@transaction.atomic
def correct(
    *, report: StageReport, note: str, occasion: str, recount: bool, by: User, now: datetime
) -> StageReport:
    """Begin a corrected report; the issued one stays as it went out.

    ``recount`` takes new figures, otherwise the frozen ones are kept and only words change. Raises
    ``Refused``.
    """
    report = lock_for(report, workflow.CORRECT, by=by)
    note = noted(note)
    corrected, new = StageReport.objects.get_or_create(
        occasion=f"{report.organisation_id}:{occasion}",
        defaults={
            "campaign": report.campaign,
            "phase": report.phase,
            "organisation": report.organisation,
            "template": report.template,
            "title": _corrected_title(report.title),
            "snapshot": None if recount else report.snapshot,
            "corrects": report,
            "correction_note": clean(note),
            "created_by": by,
            "created_at": now,
        },
    )
    if new:
        start_job(corrected, by=by, now=now)
        audit.record(
            "report.correct",
            corrected,
            by=by,
            now=now,
            reason=note,
            corrects=report.document_number,
        )
    return corrected


def _corrected_title(title: str) -> str:
    mark = "（更正）"
    return title if title.endswith(mark) else f"{title}{mark}"
