"""What the app tells the common mechanisms once, when everything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import webhooks
from complaints import sync
from complaints.models import Case, CaseAttachment, CaseImport
from complaints.models.case import with_words
from complaints.services import calling, public, uploading
from complaints.services.attaching import PURPOSE
from complaints.workflow import State
from core import files, help, search
from core.models import StoredFile


def register() -> None:
    """Owner of the files, events for companies' systems, finder of the search, help topics."""
    files.register_owner(PURPOSE, may_open)
    files.register_owner(uploading.PURPOSE, may_open_import)
    files.register_owner(uploading.COPY_PURPOSE, may_open_import)
    files.register_owner(public.FILE_PURPOSE, may_open)
    for kind in calling.KINDS.values():
        webhooks.register_kind(kind, sync.KINDS[kind])
    search.register("cases", cases, label=_("诉求"))
    help.register(
        help.Topic(
            "cases",
            _("诉求办理"),
            ("complaints:list", "complaints:case", "complaints:new", "complaints:board")
            + ("complaints:hotlines", "complaints:hotline")
            + ("complaints:supervision", "complaints:visits", "complaints:workload")
            + ("complaints:linkage", "complaints:compare", "complaints:incidents")
            + ("complaints:incident", "complaints:meetings", "complaints:meeting")
            + ("complaints:terms", "complaints:procedures", "complaints:procedure"),
        ),
    )


def cases(user: User, query: str) -> Iterator[search.Result]:
    """Cases in sight by number or words of the (masked) text."""
    seen = Case.objects.visible_to(user)
    named = Q(number=query) | with_words(query)
    for case in seen.filter(named)[: search.PER_KIND]:
        url = reverse("complaints:case", args=[case.pk])
        yield search.Result(case.number, url, State(case.state).label)


def may_open(user: Any, stored: StoredFile) -> bool:
    """Files of a case are for those for whom they were added."""
    return CaseAttachment.objects.visible_to(user).filter(file=stored).exists()


def may_open_import(user: Any, stored: StoredFile) -> bool:
    """What somebody handed in, and its marked copy, is for that person."""
    mine = CaseImport.objects.visible_to(user)
    return mine.filter(Q(upload=stored) | Q(copy=stored)).exists()
