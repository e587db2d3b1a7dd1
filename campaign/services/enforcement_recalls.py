"""Taking back what the public reads of a matter: two people put it out, two people take it back.

Source: campaign plan 一(一)2 (S1-1.1.2c).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import enforcement_workflow as workflow
from campaign.enforcement_workflow import DisclosureState
from campaign.models import EnforcementDisclosure, EnforcementRecall
from campaign.services.enforcement import locked_disclosure, open_refusal, trace
from campaign.services.rectification import clean
from core.errors import Conflict, Refused


@transaction.atomic
def take_back(
    *, disclosure: EnforcementDisclosure, reason: str, by: User, now: datetime
) -> EnforcementDisclosure:
    """Take a proposed text back; of a public one only ask for it, with the reason.

    Raises ``Refused``, ``Conflict``.
    """
    disclosure = locked_disclosure(disclosure)
    if why_not := open_refusal(disclosure.matter.regulator, by=by):
        raise Refused(why_not)
    if disclosure.state == DisclosureState.DROPPED:
        raise Refused(_("该公开内容已经撤回。"))
    reason = clean(reason)[:300]
    if not reason:
        raise Refused(_("请填写撤回理由。"))
    if disclosure.state == DisclosureState.PROPOSED:
        return _dropped(disclosure, reason, by=by, now=now)
    if waiting(disclosure) is not None:
        raise Conflict(_("已有人提请撤回，请另一人办理。"))
    EnforcementRecall.objects.create(
        disclosure=disclosure, reason=reason, asked_at=now, asked_by=by
    )
    trace("ask_back", disclosure.matter, by=by, now=now, reason=reason)
    return disclosure


def waiting(disclosure: EnforcementDisclosure) -> EnforcementRecall | None:
    """What is asked and not decided of a public text."""
    return disclosure.recalls.filter(granted__isnull=True).select_related("asked_by").first()


def settle_refusal(recall: EnforcementRecall, *, by: User) -> str:
    """Why the person may not decide on a recall; empty when they may: never who asked for it."""
    words = _("提请人不能办理自己提请的撤回，请由另一人办理。")
    matter = recall.disclosure.matter
    return workflow.signing_refusal(matter, recall.asked_by_id, by=by, words=words)


@transaction.atomic
def settle(
    *, disclosure: EnforcementDisclosure, grant: bool, by: User, now: datetime
) -> EnforcementDisclosure:
    """Another person takes the text off the public pages, or lets it stand. Raises ``Refused``."""
    disclosure = locked_disclosure(disclosure)
    recall = waiting(disclosure)
    if recall is None:
        raise Refused(_("没有待办理的撤回提请。"))
    recall.disclosure = disclosure
    if why_not := settle_refusal(recall, by=by):
        raise Refused(why_not)
    recall.granted, recall.decided_at, recall.decided_by = grant, now, by
    recall.save(update_fields=["granted", "decided_at", "decided_by"])
    if grant:
        return _dropped(disclosure, recall.reason, by=by, now=now)
    trace("keep_public", disclosure.matter, by=by, now=now)
    return disclosure


def _dropped(
    disclosure: EnforcementDisclosure, reason: str, *, by: User, now: datetime
) -> EnforcementDisclosure:
    disclosure.state, disclosure.reason = DisclosureState.DROPPED, reason
    disclosure.dropped_at, disclosure.dropped_by = now, by
    disclosure.save(update_fields=["state", "reason", "dropped_at", "dropped_by"])
    trace("take_back", disclosure.matter, by=by, now=now)
    return disclosure
