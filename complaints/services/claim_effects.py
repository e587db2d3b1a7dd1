"""What an act on a claim brings about beside its move and its clocks, whichever page it came from.

Source: S2-6.2.4a, S2-6.2.6a.
"""

from __future__ import annotations

from complaints import claim_letters as letters
from complaints.claim_words import word_of
from complaints.models import CaseEvent, Claim
from complaints.services.doing import Doing
from complaints.workflow import Act

# What the claimant reads on the tracking page.
TOLD = (Act.TAKE, Act.CONTACT, Act.REPLY, Act.PASS_ON, Act.CLOSE)
CLEARED = {"visited": False, "solved": None, "fault": ""}


def follow(doing: Doing, event: CaseEvent) -> None:
    """After the act: the contact stays, the other side and the claimant are told."""
    claim = doing.case.claim
    claim.case = doing.case
    by = doing.actor.user
    if doing.act == Act.TAKE and claim.contact_id is None:
        claim.contact = by
        claim.save(update_fields=["contact"])
    if doing.act == Act.REOPEN:
        Claim.objects.filter(pk=claim.pk).update(**CLEARED)
    if doing.act in TOLD and not event.to_complainant:
        event.to_complainant = True
        event.save(update_fields=["to_complainant"])
    label = str(word_of(doing.act))
    letters.happened(
        claim, act=doing.act, label=label, sequence=event.sequence, by=by, now=doing.now
    )
