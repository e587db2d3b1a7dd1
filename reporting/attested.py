"""What a verification code attests, whatever was filed: a report, an ordered-use plan, an emergency
plan, a return. No persons, no content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Organisation
from reporting.models import EmergencyPlanVersion, PlanReceipt, Receipt, ReturnVersion
from reporting.returns.periods import Period


@dataclass(frozen=True)
class Attested:
    """Number, who filed what with whom, when, and the digest of what was filed."""

    number: str
    unit: Organisation
    recipient: Organisation
    matter: str
    detail: str
    version: int
    received_at: datetime
    digest: str
    # SHA-256 of the files that belong to it.
    files: Callable[[], list[str]]
    due_at: datetime | None
    late: bool


def find(code: str) -> Attested | None:
    """What a code stands for; None where it was never given."""
    for source in (_filing, _plan, _emergency, _return):
        if found := source(code):
            return found
    return None


def _filing(code: str) -> Attested | None:
    related = ("recipient", "version__filing__organisation")
    rows = Receipt.objects.select_related(*related, "version__filing__duty__definition__campaign")
    if (one := rows.filter(verify_code=code).first()) is None:
        return None
    filing = one.version.filing
    return Attested(
        one.number,
        filing.organisation,
        one.recipient,
        str(filing.duty.definition.title),
        str(filing.duty.definition.campaign),
        one.version.number,
        one.issued_at,
        one.digest,
        lambda: list(one.version.attachments.values_list("file__sha256", flat=True)),
        one.version.due_at_submission,
        one.version.is_late,
    )


def _plan(code: str) -> Attested | None:
    rows = PlanReceipt.objects.select_related(
        "recipient", "plan__organisation", "plan__region", "plan__approval_file"
    )
    if (one := rows.filter(verify_code=code).first()) is None:
        return None
    approval = one.plan.approval_file
    return Attested(
        one.number,
        one.plan.organisation,
        one.recipient,
        str(one.plan),
        one.plan.approval_number,
        one.plan.number,
        one.issued_at,
        one.digest,
        lambda: [approval.sha256] if approval else [],
        one.plan.due_at,
        one.plan.is_late,
    )


def _emergency(code: str) -> Attested | None:
    rows = EmergencyPlanVersion.objects.select_related("plan__organisation", "receipt_office")
    one = rows.filter(verify_code=code).first()
    if one is None or one.receipt_office is None or one.filed_at is None:
        return None
    return Attested(
        one.receipt_number,
        one.plan.organisation,
        one.receipt_office,
        one.plan.title,
        one.approval_number,
        one.number,
        one.filed_at,
        one.digest,
        lambda: list(one.files.values_list("file__sha256", flat=True)),
        one.due_at,
        one.is_late,
    )


def _return(code: str) -> Attested | None:
    related = ("entry__organisation", "entry__recipient", "entry__form")
    one = ReturnVersion.objects.select_related(*related).filter(verify_code=code).first()
    if one is None or one.submitted_at is None:
        return None
    return Attested(
        one.receipt_number,
        one.entry.organisation,
        one.entry.recipient,
        one.entry.form.title,
        Period(one.entry.period_start, one.entry.period_end).label,
        one.number,
        one.submitted_at,
        one.digest,
        lambda: list(one.uploads.values_list("file__sha256", flat=True)),
        one.due_at_submission,
        one.is_late,
    )
