"""Giving a report its number and its final files, and beginning a corrected one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Campaign, DocumentIssue
from core import audit, clock
from core.errors import Refused
from core.officialdoc import clean, document_number
from reporting import documents
from reporting.models import DocumentCounter, StageReport
from reporting.services.reports.building import start_job
from reporting.services.reports.common import (
    heads_of,
    lock_for,
    move,
    snapshot_of,
    store,
)
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import Organisation, User


@transaction.atomic
def issue(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Give the next document number, print the final files and close the report for good.

    Number and files come together or not at all, so numbers have no gaps. Raises ``Refused``.
    """
    report = lock_for(report, workflow.ISSUE, by=by)
    year, serial = _next_number(report.organisation, now=now)
    number = document_number(report.organisation.document_prefix, year, serial)
    version, snapshot = report.current_version, snapshot_of(report)
    heads = heads_of(report, snapshot, number=number, issued_at=now)
    made = documents.render(snapshot, version.chapters, heads)
    for kind, stored in store(report, made, by=by, now=now).items():
        setattr(version, kind, stored)
    version.save(update_fields=["docx", "pdf", "xlsx"])
    given = {"year": year, "serial": serial, "document_number": number}
    return move(report, workflow.ISSUE, by=by, now=now, issued_by=by, issued_at=now, **given)


def _next_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The year and the next free serial; numbers that plans were issued under are passed over."""
    if not organisation.document_prefix:
        raise Refused(
            _("%(organisation)s没有机关代字，不能编号。") % {"organisation": organisation}
        )
    year = now.astimezone(clock.ZONE).year
    DocumentCounter.objects.get_or_create(organisation=organisation, year=year)
    counters = DocumentCounter.objects.select_for_update(of=("self",))
    counter = counters.get(organisation=organisation, year=year)
    used = set(
        DocumentIssue.objects.filter(issuer=organisation).values_list("document_number", flat=True)
    ) | set(
        Campaign.objects.filter(issuing_organisation=organisation).values_list(
            "document_number", flat=True
        )
    )
    counter.last += 1
    while document_number(organisation.document_prefix, year, counter.last) in used:
        counter.last += 1
    counter.save(update_fields=["last"])
    return year, counter.last


@transaction.atomic
def correct(
    *, report: StageReport, note: str, occasion: str, recount: bool, by: User, now: datetime
) -> StageReport:
    """Begin a corrected report; the issued one stays as it went out.

    ``recount`` takes new figures, otherwise the frozen ones are kept and only words change. Raises
    ``Refused``.
    """
    report = lock_for(report, workflow.CORRECT, by=by)
    if not note.strip():
        raise Refused(_("请写明更正内容和原因。"))
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
