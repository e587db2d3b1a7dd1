"""What the app tells the common mechanisms once, when everything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import rectification_cases, rectification_sources
from campaign.models import (
    Campaign,
    Demonstration,
    DocumentIssue,
    Duty,
    Finding,
    Inspection,
    Meeting,
    RecordEntry,
    RectificationItem,
    Safeguard,
)
from campaign.services.convening import DOCUMENT_PURPOSE, FILE_PURPOSE
from campaign.services.demonstrating import PHOTO_PURPOSE
from campaign.services.rectification import FILE_PURPOSE as RECTIFICATION_PURPOSE
from campaign.services.safeguarding import PURPOSE as SAFEGUARD_PURPOSE
from campaign.services.site_records import FILE_PURPOSE as RECORD_PURPOSE
from complaints import beside
from core import files, help, search
from core.models import StoredFile


def register() -> None:
    """Finders of the global search, the owners of files, and help topics."""
    rectification_sources.register(rectification_cases.NAME, rectification_cases.find)
    beside.register("rectification", rectification_cases.beside)
    search.register("campaigns", campaigns, label=_("专项行动"))
    search.register("duties", duties, label=_("任务"))
    search.register("documents", documents, label=_("印发文件"))
    search.register("rectification", rectification, label=_("整改台账"))
    search.register("inspections", inspections, label=_("检查和稽查"))
    files.register_owner(FILE_PURPOSE, may_open)
    files.register_owner(DOCUMENT_PURPOSE, may_open_document)
    files.register_owner(RECTIFICATION_PURPOSE, may_open_evidence)
    files.register_owner(RECORD_PURPOSE, may_open_record)
    files.register_owner(PHOTO_PURPOSE, may_open_photo)
    files.register_owner(SAFEGUARD_PURPOSE, may_open_safeguard)
    help.register(
        help.Topic("campaigns", _("部署专项行动"), ("campaign:list", "campaign:new")),
        help.Topic(
            "templates",
            _("编制专项行动模板"),
            ("campaign:templates", "campaign:template_new", "campaign:template")
            + ("campaign:template_draft", "campaign:template_row", "campaign:template_basics")
            + ("campaign:template_versions", "campaign:template_timeline"),
        ),
        help.Topic("board", _("任务看板和催报"), ("campaign:board", "campaign:reminders")),
        help.Topic(
            "inspections",
            _("检查和稽查"),
            ("campaign:inspections", "campaign:inspection", "campaign:inspection_record"),
        ),
        help.Topic("duty", _("任务、延期和免报"), ("campaign:duty",)),
        help.Topic(
            "rectification",
            _("整改台账"),
            ("campaign:rectification", "campaign:rectification_item")
            + ("campaign:rectification_new", "campaign:rectification_import"),
        ),
        help.Topic(
            "enforcement",
            _("执法处理"),
            ("campaign:enforcement", "campaign:enforcement_matter")
            + ("campaign:enforcement_new", "campaign:enforcement_history"),
        ),
        help.Topic(
            "safeguards",
            _("四个保障制度和六个落实措施"),
            ("campaign:safeguards", "campaign:safeguard_upload", "campaign:safeguard")
            + ("campaign:objective",),
        ),
        help.Topic(
            "demonstrations",
            _("示范创建和经验推广"),
            ("campaign:demonstrations", "campaign:demonstration", "campaign:monthly_check")
            + ("campaign:new_demonstration", "campaign:new_practice", "campaign:practice"),
        ),
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


def inspections(user: User, query: str) -> Iterator[search.Result]:
    """Inspections in sight by unit, round or number of the notice."""
    named = (
        Q(organisation__name__icontains=query)
        | Q(round__title__icontains=query)
        | Q(notice_number__icontains=query)
    )
    seen = Inspection.objects.visible_to(user).filter(named)
    for one in seen.select_related("organisation", "round")[: search.PER_KIND]:
        url = reverse("campaign:inspection", args=[one.pk])
        yield search.Result(str(one), url, one.get_state_display())


def may_open_record(user: Any, stored: StoredFile) -> bool:
    """What was taken on site: for those who read the entry, or the finding that it proves."""
    entries = RecordEntry.objects.filter(files=stored)
    if entries.filter(pk__in=RecordEntry.objects.visible_to(user).values("pk")).exists():
        return True
    return Finding.objects.visible_to(user).filter(evidence__in=entries).exists()


def may_open_photo(user: Any, stored: StoredFile) -> bool:
    """Photographs of a check are for those who see the unit."""
    return Demonstration.objects.visible_to(user).filter(checks__photos=stored).exists()


def rectification(user: User, query: str) -> Iterator[search.Result]:
    """Items of the ledger in sight by number or problem."""
    named = Q(number__icontains=query) | Q(problem__icontains=query)
    seen = RectificationItem.objects.visible_to(user).filter(named)
    for item in seen.select_related("unit")[: search.PER_KIND]:
        url = reverse("campaign:rectification_item", args=[item.pk])
        yield search.Result(f"{item.number} {item.unit}", url, item.get_state_display())


def may_open_evidence(user: Any, stored: StoredFile) -> bool:
    """Evidence is for those who see the item."""
    seen = RectificationItem.objects.visible_to(user)
    return seen.filter(entries__files=stored).exists()


def may_open_safeguard(user: Any, stored: StoredFile) -> bool:
    """Systems and measures are for those who see the enterprise."""
    return Safeguard.objects.visible_to(user).filter(versions__file=stored).exists()
