"""Certification by a second person, and the moment in which a filing is filed.

One transaction decides everything: the state, whether it is late, the receipt number, the digest,
the copies and the letters. Campaign plan 五(一)3 (S1-5.1.3a, b).
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign import rules
from campaign import services as campaign
from core import outbox, sla, workdays
from core.clock import day_of
from core.errors import Conflict, Refused
from reporting import catalogue, digest, examine
from reporting.models import (
    Filing,
    FilingCopy,
    FilingVersion,
    Receipt,
    ReceiptCounter,
    ReviewRule,
)
from reporting.notifications import filing as wording
from reporting.services.moves import lock, lock_for, move, record
from reporting.workflow import filing as workflow

if TYPE_CHECKING:
    from accounts.models import User

VERIFY_CODE_LENGTH = 20


@transaction.atomic
def send_back(*, filing: Filing, reason: str, by: User, now: datetime) -> FilingVersion:
    """The certifier hands the version back to the filer, saying why. Raises ``Refused``."""
    filing, version = lock_for(filing, workflow.SEND_BACK, by=by)
    if not reason.strip():
        raise Refused(_("请写明退回填报人的理由。"))
    version = move(
        filing,
        version,
        workflow.SEND_BACK,
        by=by,
        now=now,
        reason=reason,
        requested_at=None,
        sent_back_reason=reason.strip(),
    )
    outbox.post_all(wording.sent_back(version, by=by, now=now), now=now)
    return version


def certify_and_submit(*, filing: Filing, by: User, now: datetime, seen_digest: str) -> Receipt:
    """A second person certifies; the version is filed and gets its one receipt.

    The server's time counts, to the second, as the receipt prints it: what arrives within the last
    second of the day is in time. ``seen_digest`` is the digest of what the certifier was shown: a
    person certifies what they saw, nothing else. Raises ``Refused`` (also for whoever comes
    second), ``Conflict`` when the content is another one.
    """
    now = now.replace(microsecond=0)
    # Whoever comes late is told so without waiting for a lock; the lock then decides for good.
    if why_not := _already_filed(
        Filing.objects.select_related("current_version").get(pk=filing.pk)
    ):
        raise Refused(why_not)
    with transaction.atomic():
        return _submit(filing, by=by, now=now, seen_digest=seen_digest)


def _submit(filing: Filing, *, by: User, now: datetime, seen_digest: str) -> Receipt:
    filing = lock(filing)
    if why_not := refusal(workflow.SUBMIT, filing, by=by):
        raise Refused(why_not)
    version = filing.current_version
    assert version is not None
    version.filing = filing
    if why_not := examine.version(version).refusal():
        raise Refused(why_not)
    fingerprint = digest.of(version)
    if seen_digest != fingerprint:
        raise Conflict(_("内容在您查看之后有改动，请重新核对后再认证。"))
    # Decided by the deadline that stands in this transaction, before the duty moves.
    duty = campaign.submit_duty(duty=filing.duty, by=by, now=now)
    receive_due = due_by_rule("receive", office=filing.recipient, now=now)
    version = move(
        filing,
        version,
        workflow.SUBMIT,
        by=by,
        now=now,
        details={"digest": fingerprint, "late": now > duty.due_at},
        certified_by=by,
        certified_at=now,
        submitted_at=now,
        due_at_submission=duty.due_at,
        is_late=now > duty.due_at,
        digest=fingerprint,
        review_due_at=receive_due.due_at,
        review_due_explanation=list(receive_due.explanation),
    )
    filing.filed_version = version
    filing.save(update_fields=["filed_version"])
    receipt = _give_receipt(version, now=now)
    copies = _copy(version, duty.copy_to, now=now)
    outbox.post_all(wording.filed(version, receipt, copies, now=now), now=now)
    return receipt


def refusal(step: workflow.Move, filing: Filing, *, by: User) -> str:
    """Why the person may not certify or hand back now; empty when they may."""
    return _already_filed(filing) or workflow.refusal(step, filing, by=by)


def _already_filed(filing: Filing) -> str:
    """Tell whoever pressed the button twice that the first time counted."""
    version = filing.current_version
    if version is None or not version.is_filed:
        return ""
    if version.state == workflow.State.RETURNED:
        return ""
    return _("第%(version)d版已经报送，回执编号%(number)s，无需重复报送。") % {
        "version": version.number,
        "number": version.receipt.number,
    }


def _give_receipt(version: FilingVersion, *, now: datetime) -> Receipt:
    """Give the version the recipient's next number of the year."""
    recipient = version.filing.recipient
    year, serial, number = next_number(recipient, now=now)
    receipt = Receipt.objects.create(
        version=version,
        recipient=recipient,
        year=year,
        serial=serial,
        number=number,
        issued_at=now,
        digest=version.digest,
        verify_code=verify_code(number, version.digest),
    )
    record(version.filing, version, "receipt", by=version.certified_by, now=now, number=number)
    return receipt


def next_number(recipient: Organisation, *, now: datetime) -> tuple[int, int, str]:
    """Year, serial and number of the recipient's next receipt; call it inside a transaction.

    The counter's row is held until the commit. A transaction that fails gives its number back, so
    that no gap can come about.
    """
    year = day_of(now).year
    ReceiptCounter.objects.get_or_create(recipient=recipient, year=year)
    counters = ReceiptCounter.objects.select_for_update(of=("self",))
    counter = counters.get(recipient=recipient, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return year, counter.last, number_of(recipient, year, counter.last)


def number_of(recipient: Organisation, year: int, serial: int) -> str:
    """A receipt number such as 南电监收〔2011〕3号, by the pattern in the catalogue."""
    prefix = recipient.document_prefix or recipient.short_name or recipient.name
    return catalogue.review()["receipt_number"].format(prefix=prefix, year=year, serial=serial)


def verify_code(number: str, fingerprint: str) -> str:
    """A code that cannot be guessed without the portal's key: 100 bits, safe to read aloud."""
    seal = salted_hmac("reporting.receipt", f"{number}:{fingerprint}", algorithm="sha256").digest()
    return base64.b32encode(seal).decode()[:VERIFY_CODE_LENGTH]


def _copy(
    version: FilingVersion, organisation: Organisation | None, *, now: datetime
) -> list[FilingCopy]:
    """The office that the territory rule names gets a copy (S1-5.1.3b)."""
    if organisation is None:
        return []
    copy = FilingCopy.objects.create(
        filing=version.filing, version=version, organisation=organisation, at=now
    )
    record(version.filing, version, "copy", by=version.certified_by, now=now, to=organisation.code)
    return [copy]


def rule_of(code: str, *, office: Organisation, now: datetime) -> sla.Allowance:
    """How long a step takes for an office: by its own sheet (S1-1.1.3a), else by the catalogue.

    Raises ``ReviewRule.DoesNotExist`` where the catalogue has no such rule.
    """
    if (sheet := rules.sheet(code, office, on=day_of(now))) is not None:
        return sla.Allowance(sheet.values[code], "working_days", document=rules.source_of(sheet))
    rule = ReviewRule.objects.current(code, on=day_of(now))
    return sla.Allowance(rule.value, rule.unit, document=rule.source)


def due_by_rule(code: str, *, office: Organisation, now: datetime) -> sla.Due:
    """The deadline that the rule in force gives from now on, explained."""
    allowance = rule_of(code, office=office, now=now)
    return sla.due(now, allowance, calendar=workdays.calendar(now=now))
