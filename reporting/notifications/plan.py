"""Letters about ordered-use plans: arrival, receipt, deficiencies, acceptance. Nothing personal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.people import people_of
from core import clock
from core.letters import Letters, to_unit
from reporting.notifications.filing import chinese_time

if TYPE_CHECKING:
    from accounts.models import Organisation
    from reporting.models import OrderedUsePlan, PlanEvent, PlanReceipt


def _to(
    plan: OrderedUsePlan, to: Organisation, what: str, subject: str, body: str, *, now: datetime
) -> Letters:
    permission = Permission.FILING_REVIEW if to.is_regulator else Permission.FILING_DRAFT
    return to_unit(
        key=f"plan:{plan.pk}:{what}:{to.pk}",
        kind=f"plan.{what}",
        to=to,
        people=people_of(to, permission, on=clock.day_of(now)),
        subject=subject,
        body=body,
        url=reverse("reporting:plan", args=[plan.pk]),
    )


def _words(plan: OrderedUsePlan) -> dict[str, Any]:
    return {"organisation": plan.organisation, "plan": plan, "recipient": plan.recipient}


def filed(plan: OrderedUsePlan, receipt: PlanReceipt, *, now: datetime) -> Letters:
    """To the recipient that it came; to the filing unit the number of the receipt."""
    words = _words(plan) | {"number": receipt.number, "at": chinese_time(receipt.issued_at)}
    arrived = _("%(organisation)s报送%(plan)s，回执编号%(number)s，请接收。") % words
    given = _("%(recipient)s已于%(at)s收到%(plan)s，回执编号%(number)s。") % words
    return [
        *_to(plan, plan.recipient, "filed", _("收到%(plan)s") % words, arrived, now=now),
        *_to(plan, plan.organisation, "receipt", _("%(plan)s报送回执") % words, given, now=now),
    ]


def returned(plan: OrderedUsePlan, event: PlanEvent, *, now: datetime) -> Letters:
    """The letter of deficiencies: every place with its problem and rule, and the new date."""
    assert event.new_due_at is not None
    lines = [
        _("%(number)d. %(place)s：%(problem)s（%(rule)s）") % {"number": number, **item}
        for number, item in enumerate(event.deficient, start=1)
    ]
    words = _words(plan) | {"due": chinese_time(event.new_due_at)}
    body = "\n".join(
        [
            _("%(recipient)s审核%(plan)s，有下列问题，请补正后于%(due)s前重新报送：") % words,
            *lines,
            *([event.comment] if event.comment else []),
        ]
    )
    return _to(plan, plan.organisation, "returned", _("%(plan)s退回补正") % words, body, now=now)


def accepted(plan: OrderedUsePlan, *, now: datetime) -> Letters:
    """That it was accepted."""
    words = _words(plan)
    body = _("%(recipient)s审核通过%(plan)s。") % words
    return _to(plan, plan.organisation, "accepted", _("%(plan)s审核通过") % words, body, now=now)
