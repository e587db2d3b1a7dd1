"""The desk's lines of templates: drafts that were sent back, and drafts that wait for approval."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import template_workflow as workflow
from campaign.models import TemplateDraft
from campaign.template_workflow import DraftState
from core.workitems import WorkItem


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What the person can approve, what others have to, and what came back."""
    found = TemplateDraft.objects.visible_to(user).open().select_related("organisation")
    lines = []
    for draft in found.order_by("pk"):
        url = reverse("campaign:template_draft", args=[draft.pk])
        if draft.state == DraftState.CHECKED:
            group = "others" if workflow.refusal(workflow.APPROVE, draft, by=user) else "mine"
            title = _("待批准模板：%(name)s") % {"name": draft.name}
            lines.append(WorkItem(group, title, str(draft.organisation), url))
        elif draft.comment and draft.created_by_id == user.pk:
            title = _("模板退回修改：%(name)s") % {"name": draft.name}
            lines.append(WorkItem("mine", title, draft.comment, url))
    return lines
