"""Giving a report its number and its final files, and beginning a corrected one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign.models import Campaign, DocumentIssue
from core import audit, clock
from core.errors import Conflict, Refused
from core.officialdoc import clean, document_number
from reporting import documents
from reporting.models import Bulletin, DocumentCounter, StageReport
from reporting.services.reports.building import start_job
from reporting.services.reports.common import (
    Printed,
    check_move,
    current,
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


# How often the files are printed again because another document took the number meanwhile.
TRIES = 5


class _Changed(Exception):
    """What was printed is not what would be issued any more."""


def issue(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Give the next document number, print the final files and close the report for good.

    Number and files come together or not at all, so numbers have no gaps. The files are printed
    with the number that is next, before anything is locked; if it is taken when they are ready,
    they are printed again. Raises ``Refused``, ``Conflict``.
    """
    for _try in range(TRIES):
        printed = _print_final(report, by=by, now=now)
        try:
            return _close(report, printed, by=by, now=now)
        except _Changed:
            continue
    raise Conflict(_("编号期间本机关又有其他公文编号，请稍后再试。"))


def _print_final(report: StageReport, *, by: User, now: datetime) -> Printed:
    report = current(report)
    check_move(report, workflow.ISSUE, by=by)
    year, serial = next_number(report.organisation, now=now)
    heads = _final_heads(report, year, serial, now=now)
    return print_out(snapshot_of(report), report.current_version.chapters, heads)


def _final_heads(report: StageReport, year: int, serial: int, *, now: datetime) -> documents.Heads:
    number = document_number(report.organisation.document_prefix, year, serial)
    return heads_of(report, snapshot_of(report), number=number, issued_at=now)


@transaction.atomic
def _close(report: StageReport, printed: Printed, *, by: User, now: datetime) -> StageReport:
    """Take the number and put the files in place, if they still say what is to be said."""
    report = lock_for(report, workflow.ISSUE, by=by)
    year, serial = take_number(report.organisation, now=now)
    version = report.current_version
    if (version.chapters, _final_heads(report, year, serial, now=now)) != (
        printed.words,
        printed.heads,
    ):
        raise _Changed
    for kind, stored in printed.enter(report, by=by, now=now).items():
        setattr(version, kind, stored)
    version.save(update_fields=["docx", "pdf", "xlsx"])
    given = {"year": year, "serial": serial, "document_number": printed.heads.number}
    return move(report, workflow.ISSUE, by=by, now=now, issued_by=by, issued_at=now, **given)


def next_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The year and the next free serial; numbers that plans were issued under are passed over."""
    prefix = organisation.document_prefix
    if not prefix:
        raise Refused(
            _("%(organisation)s没有机关代字，不能编号。") % {"organisation": organisation}
        )
    year = now.astimezone(clock.ZONE).year
    counter = DocumentCounter.objects.filter(organisation=organisation, year=year).first()
    issued = DocumentIssue.objects.filter(issuer=organisation)
    plans = Campaign.objects.filter(issuing_organisation=organisation)
    used = {
        *issued.values_list("document_number", flat=True),
        *plans.values_list("document_number", flat=True),
    }
    serial = (counter.last if counter else 0) + 1
    while document_number(prefix, year, serial) in used:
        serial += 1
    return year, serial


def take_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The next number, taken: whoever asks after this transaction gets the one behind it."""
    year = now.astimezone(clock.ZONE).year
    # Documents of the campaign take their numbers from the same series, under the same lock.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    DocumentCounter.objects.get_or_create(organisation=organisation, year=year)
    counters = DocumentCounter.objects.select_for_update(of=("self",))
    counter = counters.get(organisation=organisation, year=year)
    year, counter.last = next_number(organisation, now=now)
    counter.save(update_fields=["last"])
    return year, counter.last


def is_taken(issuer: Organisation, number: str) -> bool:
    """Whether a report or a bulletin of the office was issued under the number."""
    return any(
        paper.objects.filter(organisation=issuer, document_number=number).exists()
        for paper in (StageReport, Bulletin)
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
