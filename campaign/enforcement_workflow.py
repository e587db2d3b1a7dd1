"""The ladder of enforcement: overdue → talk → order → circular → penalty or investigation.

Pure. Source: campaign plan 三(六)2 (S1-3.3.6(2)): who harms people and does not correct is
investigated by law; 二(二)3 (S1-2.2.3): regular supervision.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import User
    from campaign.models import (
        EnforcementClosing,
        EnforcementDisclosure,
        EnforcementMatter,
        EnforcementStep,
    )

MANAGE, APPROVE = Permission.ENFORCEMENT_MANAGE, Permission.ENFORCEMENT_APPROVE


class MatterState(TextChoices):
    OPEN = "open", _("办理中")
    CLOSED = "closed", _("已办结")


class Measure(TextChoices):
    TALK = "talk", _("约谈")
    ORDER = "order", _("责令整改")
    CIRCULAR = "circular", _("通报")
    PENALTY = "penalty", _("行政处罚")
    INVESTIGATION = "investigation", _("立案调查")


class StepState(TextChoices):
    DRAFT = "draft", _("待签发")
    ISSUED = "issued", _("已送达")
    ANSWERED = "answered", _("已反馈")
    DROPPED = "dropped", _("已作废")


class DisclosureState(TextChoices):
    PROPOSED = "proposed", _("待批准公开")
    PUBLISHED = "published", _("已公开")
    DROPPED = "dropped", _("已撤回")


class ClosingState(TextChoices):
    PROPOSED = "proposed", _("结案待批准")
    APPROVED = "approved", _("已批准结案")
    REFUSED = "refused", _("不予结案")
    WITHDRAWN = "withdrawn", _("已撤回")


# Each rung needs the one before it; the last one is either of two.
RUNGS: tuple[tuple[Measure, ...], ...] = (
    (Measure.TALK,),
    (Measure.ORDER,),
    (Measure.CIRCULAR,),
    (Measure.PENALTY, Measure.INVESTIGATION),
)
OUT = (StepState.ISSUED, StepState.ANSWERED)
# These take something from the enterprise: they name their article.
NEEDS_ARTICLE = (Measure.ORDER, Measure.PENALTY, Measure.INVESTIGATION)


def rung(measure: str) -> int:
    """The place of a measure on the ladder, from 0."""
    return next(place for place, kinds in enumerate(RUNGS) if measure in kinds)


def missing(measure: str, taken: Iterable[str]) -> Measure | None:
    """The measure that should have come before and did not; None where the ladder was kept."""
    place = rung(measure)
    if place == 0 or any(rung(one) == place - 1 for one in taken):
        return None
    return RUNGS[place - 1][0]


def manage_refusal(matter: EnforcementMatter, *, by: User) -> str:
    """Why the person may not work on the matter now; empty when they may."""
    if matter.state != MatterState.OPEN:
        return _t("该事项已经办结。")
    if not works_for(by, MANAGE, matter.regulator):
        return _t("由%(name)s具有“%(permission)s”权限的人员办理。") % {
            "name": matter.regulator,
            "permission": MANAGE.label,
        }
    return ""


def issue_refusal(step: EnforcementStep, *, by: User) -> str:
    """Why the person may not sign the document; empty when they may: never its drafter."""
    if step.state != StepState.DRAFT:
        return _t("该文书已经签发或作废。")
    words = _t("起草人不能签发自己起草的文书。")
    return signing_refusal(step.matter, step.drafted_by_id, by=by, words=words)


def publish_refusal(disclosure: EnforcementDisclosure, *, by: User) -> str:
    """Why the person may not approve the publication; empty when they may: never its drafter."""
    if disclosure.state != DisclosureState.PROPOSED:
        return _t("该公开内容已经批准或撤回。")
    words = _t("拟稿人不能批准公开自己拟写的内容。")
    return signing_refusal(disclosure.matter, disclosure.proposed_by_id, by=by, words=words)


def closing_refusal(closing: EnforcementClosing, *, by: User) -> str:
    """Why the person may not decide on a proposed closing; empty when they may: never who proposed
    it."""
    if closing.state != ClosingState.PROPOSED:
        return _t("该结案提请已经办理或撤回。")
    words = _t("提请人不能批准自己提请的结案，请由另一人办理。")
    return signing_refusal(closing.matter, closing.proposed_by_id, by=by, words=words)


def signing_refusal(matter: EnforcementMatter, first: int, *, by: User, words: str) -> str:
    """Why the person may not do what needs a second one after ``first``: with these ``words`` where
    it is the same person."""
    if not works_for(by, APPROVE, matter.regulator):
        return _t("由%(name)s具有“%(permission)s”权限的人员办理。") % {
            "name": matter.regulator,
            "permission": APPROVE.label,
        }
    return words if first == by.pk else ""


def answer_refusal(step: EnforcementStep, *, by: User) -> str:
    """Why the person may not answer for the enterprise; empty when they may."""
    if step.state != StepState.ISSUED:
        return _t("该文书现在不能反馈。")
    if not works_for(by, Permission.RECTIFICATION_HANDLE, step.matter.enterprise):
        return _t("由%(name)s的人员反馈。") % {"name": step.matter.enterprise}
    return ""
