"""Work items of ordered-use plans for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from core import sla
from core.workitems import WorkItem
from reporting.models import OrderedUsePlan
from reporting.queries import plans as queries
from reporting.workflow import plan as workflow
from reporting.workflow.plan import State

if TYPE_CHECKING:
    from accounts.models import User

# State → the moves that bring a plan on from there, with what is to be done.
STEPS = {
    State.DRAFT: (workflow.SAVE, workflow.CERTIFY),
    State.CERTIFIED: (workflow.APPROVE,),
    State.APPROVED: (workflow.FILE,),
    State.RETURNED: (workflow.REVISE,),
    State.FILED: (workflow.RECEIVE,),
    State.RECEIVED: (workflow.ACCEPT,),
}


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Plans to draw up, certify, file, mend and review; filed ones that wait for the other side."""
    newer = OrderedUsePlan.objects.filter(replaces=OuterRef("pk"))
    own = queries.own(user).exclude(state=State.ACCEPTED).exclude(Exists(newer))
    desk = queries.on_desk(user).exclude(pk__in=own.values("pk"))
    related = ("organisation", "recipient", "region")
    found = [*own.select_related(*related), *desk.select_related(*related)]
    return [_item(user, plan, now=now) for plan in found]


def _item(user: User, plan: OrderedUsePlan, *, now: datetime) -> WorkItem:
    steps = STEPS[State(plan.state)]
    mine = next((one for one in steps if not workflow.refusal(one, plan, by=user)), None)
    due = plan.review_due_at if plan.filed_at and plan.state != State.RETURNED else plan.due_at
    more: dict[str, Any] = {}
    if due is not None:
        more = {"due_at": due, "lamp": sla.lamp(now, due)}
    group = "others" if mine is None else "overdue" if due and due < now else "mine"
    words = {"plan": plan, "move": (mine or steps[0]).label}
    return WorkItem(
        group=group,
        title=_("%(plan)s：%(move)s") % words,
        detail=f"{plan.organisation} · {plan.get_state_display()}",
        url=reverse("reporting:plan", args=[plan.pk]),
        lamp_text=plan.get_state_display(),
        **more,
    )
