"""What the app tells the common mechanisms once, when everything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.models import Campaign, DocumentIssue, Duty, Meeting
from campaign.services.convening import DOCUMENT_PURPOSE, FILE_PURPOSE
from core import files, help, search
from core.models import StoredFile


def register() -> None:
    """Finders of the global search, the owners of files, and help topics."""
    search.register("campaigns", campaigns, label=_("专项行动"))
    search.register("duties", duties, label=_("任务"))
    search.register("documents", documents, label=_("印发文件"))
    files.register_owner(FILE_PURPOSE, may_open)
    files.register_owner(DOCUMENT_PURPOSE, may_open_document)
    help.register(
        help.Topic("campaigns", _("部署专项行动"), ("campaign:list", "campaign:new")),
        help.Topic("board", _("任务看板和催报"), ("campaign:board", "campaign:reminders")),
        help.Topic("duty", _("任务、延期和免报"), ("campaign:duty",)),
    )


def campaigns(user: User, query: str) -> Iterator[search.Result]:
    """Campaigns in sight by name or document number."""
    named = Q(name__icontains=query) | Q(document_number__icontains=query)
    for campaign in Campaign.objects.visible_to(user).filter(named)[: search.PER_KIND]:
        url = reverse("campaign:home", args=[campaign.pk])
        yield search.Result(campaign.name, url, campaign.document_number)


def duties(user: User, query: str) -> Iterator[search.Result]:
    """Duties in sight by title or organisation."""
    if not user.can(Permission.CAMPAIGN_VIEW):
        return
    named = (
        Q(definition__title__icontains=query)
        | Q(organisation__name__icontains=query)
        | Q(organisation__short_name__icontains=query)
    )
    seen = Duty.objects.visible_to(user).filter(named)
    for duty in seen.select_related("definition", "organisation")[: search.PER_KIND]:
        url = reverse("campaign:duty", args=[duty.pk])
        yield search.Result(str(duty), url, duty.get_state_display())


def documents(user: User, query: str) -> Iterator[search.Result]:
    """Issued documents in sight by number or title."""
    named = Q(document_number__icontains=query) | Q(title__icontains=query)
    for issue in DocumentIssue.objects.visible_to(user).filter(named)[: search.PER_KIND]:
        url = reverse("campaign:document", args=[issue.pk])
        yield search.Result(issue.document_number, url, issue.title)


def may_open(user: Any, stored: StoredFile) -> bool:
    """Files of a meeting are for those who see the meeting."""
    return Meeting.objects.visible_to(user).filter(files=stored).exists()


def may_open_document(user: Any, stored: StoredFile) -> bool:
    """Attachments of a document are for those who see the document."""
    return DocumentIssue.objects.visible_to(user).filter(files=stored).exists()
