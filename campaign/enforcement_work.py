"""The desk's lines of the enforcement register: what waits to be signed, approved or answered."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.enforcement_workflow import DisclosureState, StepState
from campaign.models import (
    EnforcementClosing,
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementRecall,
    EnforcementStep,
)
from campaign.scope import with_absorbed
from core import sla
from core.workitems import WorkItem


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """For whoever signs and approves, and for companies that have to answer."""
    signing = [place.pk for place in with_absorbed(user, Permission.ENFORCEMENT_APPROVE)]
    answering = [place.pk for place in with_absorbed(user, Permission.RECTIFICATION_HANDLE)]
    found: list[WorkItem] = []
    if signing:
        found += [
            _line(_("执法文书待签发：%(title)s"), one.matter) for one in _to_sign(user, signing)
        ]
        found += [
            _line(_("执法公开待批准：%(title)s"), one.matter) for one in _to_approve(user, signing)
        ]
        found += [
            _line(_("执法公开待撤回：%(title)s"), one.matter) for one in _to_recall(user, signing)
        ]
        found += [
            _line(_("执法结案待批准：%(title)s"), one.matter) for one in _to_end(user, signing)
        ]
    if answering:
        steps = EnforcementStep.objects.filter(
            state=StepState.ISSUED, matter__enterprise__in=answering
        )
        found += [_to_answer(step, now) for step in _read(steps)]
    return found


def _read(rows):  # type: ignore[no-untyped-def]
    return rows.select_related("matter__enterprise").order_by("pk")


def _to_sign(user: User, offices: list[int]) -> list[EnforcementStep]:
    drafts = EnforcementStep.objects.filter(state=StepState.DRAFT, matter__regulator__in=offices)
    return list(_read(drafts.exclude(drafted_by=user)))


def _to_approve(user: User, offices: list[int]) -> list[EnforcementDisclosure]:
    proposed = EnforcementDisclosure.objects.filter(
        state=DisclosureState.PROPOSED, matter__regulator__in=offices
    )
    return list(_read(proposed.exclude(proposed_by=user)))


def _to_recall(user: User, offices: list[int]) -> list[EnforcementDisclosure]:
    asked = EnforcementRecall.objects.filter(granted__isnull=True).exclude(asked_by=user)
    public = EnforcementDisclosure.objects.published().filter(matter__regulator__in=offices)
    return list(_read(public.filter(pk__in=asked.values("disclosure"))))


def _to_end(user: User, offices: list[int]) -> list[EnforcementClosing]:
    proposed = EnforcementClosing.objects.waiting().filter(matter__regulator__in=offices)
    return list(_read(proposed.exclude(proposed_by=user)))


def _line(title: str, matter: EnforcementMatter) -> WorkItem:
    url = reverse("campaign:enforcement_matter", args=[matter.pk])
    return WorkItem("mine", title % {"title": matter.title}, str(matter.enterprise), url)


def _to_answer(step: EnforcementStep, now: datetime) -> WorkItem:
    lamp = sla.lamp(now, step.due_at)
    url = reverse("campaign:enforcement_matter", args=[step.matter_id])
    title = _("执法文书待反馈：%(number)s") % {"number": step.document_number}
    group = "overdue" if lamp == "late" else "mine"
    return WorkItem(group, title, step.matter.title, url, step.due_at, lamp)
