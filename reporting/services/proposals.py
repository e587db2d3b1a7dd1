"""Proposals of findings: made by rules or persons, accepted or dismissed by a regulator."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from campaign.models import Checklist, Inspection
from campaign.services import inspecting, rectification_entering
from core import audit, clock
from core.errors import Conflict, Refused
from reporting import ledger_sources
from reporting.models import FindingProposal

if TYPE_CHECKING:
    from accounts.models import User

State = FindingProposal.State
LONGEST_REASON = 500


@transaction.atomic
def propose(
    *,
    source: str,
    key: str,
    organisation: Organisation,
    clause: str,
    title: str,
    facts: str,
    url: str,
    by: User | None,
    now: datetime,
) -> FindingProposal:
    """Propose a finding against an organisation; the same key gives the same proposal.

    ``source`` is a kind of ``FindingProposal.Source``, ``clause`` a clause of the register
    ("S1-2.1.1h"), ``url`` a path in the portal where the evidence stands. What was proposed once is
    left as it is: a decision is never undone by the same facts coming again. ``facts`` hold no
    personal data.
    """
    limit = FindingProposal._meta.get_field("title").max_length or 0
    proposal, new = FindingProposal.objects.get_or_create(
        key=key,
        defaults={
            "source": source,
            "organisation": organisation,
            "clause": clause,
            "title": title[:limit],
            "facts": facts,
            "url": url,
            "created_by": by,
            "created_at": now,
        },
    )
    if new:
        audit.record(
            "finding.propose",
            proposal,
            by=by,
            now=now,
            organisation=organisation,
            source=source,
            clause=clause,
        )
    return proposal


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not decide on proposals about it; empty when they may."""
    if by.may(Permission.FINDING_DECIDE, organisation):
        return ""
    return _("由对%(organisation)s负有监管职责、具有“%(permission)s”权限的人员办理。") % {
        "organisation": organisation,
        "permission": Permission.FINDING_DECIDE.label,
    }


def accept(
    *, proposal: FindingProposal, reason: str = "", by: User, now: datetime
) -> FindingProposal:
    """Take it up; a remark may be added. Raises ``Refused``, ``Conflict``."""
    return _decide(proposal, State.ACCEPTED, reason, by=by, now=now)


def dismiss(*, proposal: FindingProposal, reason: str, by: User, now: datetime) -> FindingProposal:
    """Do not take it up, with the reason. Raises ``Refused``, ``Conflict``."""
    return _decide(proposal, State.DISMISSED, reason, by=by, now=now)


@transaction.atomic
def _decide(
    proposal: FindingProposal, state: str, reason: str, *, by: User, now: datetime
) -> FindingProposal:
    locked = FindingProposal.objects.select_for_update(of=("self",))
    proposal = locked.select_related("organisation").get(pk=proposal.pk)
    if why_not := refusal(proposal.organisation, by=by):
        raise Refused(why_not)
    reason = given(reason, required=state == State.DISMISSED)
    if proposal.state != State.OPEN:
        raise Conflict(_("该线索已经处理，请刷新页面。"))
    proposal.state, proposal.reason = state, reason
    proposal.decided_by, proposal.decided_at = by, now
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(
        "finding.accept" if state == State.ACCEPTED else "finding.dismiss",
        proposal,
        by=by,
        now=now,
        organisation=proposal.organisation,
        reason=reason,
    )
    rectification_entering.offer(ledger_sources.of_proposal(proposal), now=now)
    return proposal


def inspect(
    *, proposal: FindingProposal, first_day: date, last_day: date, by: User, now: datetime
) -> Inspection:
    """Open a special inspection (专项稽查) on an accepted proposal; a second time gives the first.

    The facts are its reason. Raises ``Refused``.
    """
    if proposal.state != State.ACCEPTED:
        raise Refused(_("该线索尚未采纳，不能开展专项稽查。"))
    offices = [p for p in workplaces(by, Permission.INSPECTION_MANAGE) if p.is_regulator]
    if not offices:
        raise Refused(_("专项稽查由监管机构开展。"))
    on = clock.day_of(now)
    checklist = Checklist.objects.in_force(on=on).order_by("-valid_from").first()
    if checklist is None:
        raise Refused(_("没有启用的检查表。"))
    return inspecting.open_special(
        organisation=proposal.organisation,
        title=_("%(title)s专项稽查") % {"title": proposal.title[:90]},
        lead=offices[0],
        reason=proposal.facts,
        first_day=first_day,
        last_day=last_day,
        checklist=checklist,
        source_key=f"finding-proposal:{proposal.pk}",
        source_url=reverse("reporting:proposal", args=[proposal.pk]),
        by=by,
        now=now,
    )


def given(reason: str, *, required: bool) -> str:
    """The reason of a decision as it is kept. Raises ``Refused``."""
    reason = reason.strip()
    if required and not reason:
        raise Refused(_("请写明理由。"))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("理由不能超过%(n)d字。") % {"n": LONGEST_REASON})
    return reason
