"""Setting the tag 民生: by the rule when a problem is entered, by a person with a reason later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import livelihood
from campaign.models import Duty, DutyDefinition, LivelihoodTag, RectificationItem
from campaign.scope import works_for
from core import audit, clock
from core.errors import Conflict, Refused

LONGEST = 200


def tag_by_rule(
    item: RectificationItem, *, articles: Iterable[str] = (), now: datetime
) -> LivelihoodTag:
    """What the rule says of an item that was just entered (in the caller's transaction)."""
    text = " ".join((item.problem, item.requirement))
    rule = livelihood.rule_on(clock.day_of(now))
    # Kept as a record: in the language of the office, whoever enters it.
    with translation.override(settings.LANGUAGE_CODE):
        why = rule.why(source=item.source_kind, text=text, articles=articles)
    made = {"tagged": bool(why), "reason": why[:LONGEST], "set_at": now}
    return LivelihoodTag.objects.get_or_create(item=item, defaults=made)[0]


def tag_missing(*, now: datetime) -> int:
    """Items that were entered before there was the tag; says how many."""
    waiting = list(RectificationItem.objects.filter(livelihood_tag__isnull=True).order_by("pk"))
    for item in waiting:
        tag_by_rule(item, now=now)
    return len(waiting)


def item_refusal(item: RectificationItem, *, by: User) -> str:
    """Why the person may not set the tag of an item; empty when they may."""
    if works_for(by, Permission.RECTIFICATION_MANAGE, item.regulator):
        return ""
    return _("由%(name)s的人员标注。") % {"name": item.regulator}


@transaction.atomic
def tag_item(
    *, item: RectificationItem, tagged: bool, reason: str, by: User, now: datetime
) -> LivelihoodTag:
    """Say otherwise than the rule, with a reason. Raises ``Refused``."""
    item = RectificationItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if why_not := item_refusal(item, by=by):
        raise Refused(why_not)
    reason = _reason(reason)
    tag = tag_by_rule(item, now=now)
    if tag.tagged is tagged:
        raise Conflict(_("标签已是如此，不必更改。"))
    tag.tagged, tag.reason, tag.set_at, tag.set_by = tagged, reason, now, by
    tag.save(update_fields=["tagged", "reason", "set_at", "set_by"])
    audit.record(
        "rectification.tag",
        item,
        by=by,
        now=now,
        organisation=item.regulator,
        reason=reason,
        livelihood=tagged,
    )
    return tag


def duty_refusal(duty: Duty, *, by: User) -> str:
    """Why the person may not set the tag of a task; empty when they may: it is one for all units,
    so the office that issued the campaign does."""
    office = duty.definition.campaign.issuing_organisation
    if works_for(by, Permission.CAMPAIGN_MANAGE, office):
        return ""
    return _("由%(name)s的人员标注。") % {"name": office}


@transaction.atomic
def tag_duty(*, duty: Duty, tagged: bool, reason: str, by: User, now: datetime) -> DutyDefinition:
    """Set the tag of what a duty asks for, with a reason. Raises ``Refused``."""
    if why_not := duty_refusal(duty, by=by):
        raise Refused(why_not)
    reason = _reason(reason)
    definition = DutyDefinition.objects.select_for_update(of=("self",)).get(pk=duty.definition_id)
    if definition.livelihood is tagged:
        raise Conflict(_("标签已是如此，不必更改。"))
    definition.livelihood = tagged
    definition.save(update_fields=["livelihood"])
    audit.record(
        "duty.tag",
        duty,
        by=by,
        now=now,
        organisation=duty.definition.campaign.issuing_organisation,
        reason=reason,
        code=definition.code,
        livelihood=tagged,
    )
    return definition


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(_("请填写标注理由。"))
    if len(reason) > LONGEST:
        raise Refused(_("理由不能超过%(n)d字。") % {"n": LONGEST})
    return reason
