"""What the app tells the common mechanisms once, when everything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import webhooks
from complaints import sync
from complaints.claim_words import state_of
from complaints.models import Case, CaseAttachment, CaseImport, Claim, ClaimPhoto
from complaints.models.case import with_words
from complaints.services import calling, claim_acts, public, uploading
from complaints.services.attaching import PURPOSE
from complaints.workflow import State
from core import files, help, search
from core.models import StoredFile
from grids import open_work
from grids.models import GridMember, PowerGrid


def register() -> None:
    """Owner of the files, events for companies' systems, finder of the search, help topics."""
    files.register_owner(PURPOSE, may_open)
    files.register_owner(uploading.PURPOSE, may_open_import)
    files.register_owner(uploading.COPY_PURPOSE, may_open_import)
    files.register_owner(public.FILE_PURPOSE, may_open)
    files.register_owner(claim_acts.FILE_PURPOSE, may_open_claim)
    for kind in calling.KINDS.values():
        webhooks.register_kind(kind, sync.KINDS[kind])
    search.register("cases", cases, label=_("诉求"))
    search.register("claims", claims, label=_("涉电诉求"))
    pages = ("claims", "claim", "claim_new", "claims_board", "claims_agenda", "claim_import")
    doors = tuple(f"complaints:{page}" for page in pages)
    help.register(help.Topic("claims", _("涉电诉求"), doors))
    open_work.register("claims", open_work.OpenWork(_("涉电诉求"), open_claims, move_claims))
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
        told = f"{State(case.state).label} · {Truncator(case.content).chars(40)}"
        yield search.Result(case.number, url, told)


def claims(user: User, query: str) -> Iterator[search.Result]:
    """Claims in sight by number."""
    seen = Claim.objects.visible_to(user).filter(case__number=query)
    for claim in seen.select_related("case")[: search.PER_KIND]:
        url = reverse("complaints:claim", args=[claim.pk])
        yield search.Result(claim.case.number, url, str(state_of(claim.case.state)))


def may_open_claim(user: Any, stored: StoredFile) -> bool:
    """What was taken on site is for those who see the claim."""
    return ClaimPhoto.objects.visible_to(user).filter(file=stored).exists()


def open_claims(grid: PowerGrid, manager: GridMember, now: datetime) -> int:
    """Claims of a grid for which its manager answers."""
    return int(claim_acts.open_of_grid(grid, manager).count())


def move_claims(
    grid: PowerGrid, former: GridMember, successor: GridMember, by: User | None, now: datetime
) -> int:
    """The next manager of the grid answers for them."""
    moving = claim_acts.open_of_grid(grid, former)
    return claim_acts.move_all(moving, successor.user, by=by, now=now)


def may_open(user: Any, stored: StoredFile) -> bool:
    """Files of a case are for those for whom they were added."""
    return CaseAttachment.objects.visible_to(user).filter(file=stored).exists()


def may_open_import(user: Any, stored: StoredFile) -> bool:
    """What somebody handed in, and its marked copy, is for that person."""
    mine = CaseImport.objects.visible_to(user)
    return mine.filter(Q(upload=stored) | Q(copy=stored)).exists()
