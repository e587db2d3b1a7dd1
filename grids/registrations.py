"""What the app tells the common mechanisms once, when everything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import webhooks
from core import clock, files, help, search
from core.models import StoredFile
from grids import open_work
from grids.models import (
    Hazard,
    HazardPhoto,
    PowerGrid,
    RegisterEntry,
    RegisterFile,
    SpecialHousehold,
)
from grids.queries import special as special_queries
from grids.queries import standing
from grids.registers.moves import State
from grids.services import hazard_acts, hazard_calls, moving, registers, special, special_care

PAGES = (
    "list",
    "grid",
    "new",
    "edit",
    "card",
    "people",
    "hand_over",
    "report",
    "locate",
    "rules",
    "map",
)
REGISTER_PAGES = ("registers", "register", "register_new", "register_counts", "register_import")
REGISTER_PAGES += ("register_entry", "register_edit")
HAZARD_PAGES = ("hazards", "hazard_new", "hazard", "hazards_board", "hazard_terms")
HAZARD_PAGES += ("patrols", "patrol", "patrol_plans", "patrol_plan_new", "patrol_plan")
SPECIAL_PAGES = ("special", "special_new", "special_household", "special_edit")
SPECIAL_PAGES += ("special_counts", "special_visits")
SHARING_PAGES = ("agreements", "agreement", "agreement_new", "exchange_job", "exchanges")
SHARING_PAGES += ("shared_records", "shared_record", "archives", "archive", "archive_import")
SHARING_PAGES += ("quality", "problems", "fix_tasks", "fix_task", "samples", "sample")
PAGES += ("governments", "government", "government_new", "imports", "import")


def register() -> None:
    """The finder of the search, the help topic, open work that goes with a grid."""
    search.register("grids", grids, label=_("电力网格"))
    search.register("registers", entries, label=_("网格台账"))
    search.register("special", special_groups, label=_("特殊群体"))
    files.register_owner(registers.PURPOSE, may_open)
    # A signed form leaves by its own door only, with a purpose on the record.
    files.register_owner(special.PURPOSE, nobody)
    search.register("hazards", hazards, label=_("隐患"))
    files.register_owner(hazard_acts.PURPOSE, may_open_photo)
    pages = tuple(f"grids:{page}" for page in PAGES)
    help.register(help.Topic("grids", _("网格"), pages))
    pages = tuple(f"grids:{page}" for page in REGISTER_PAGES)
    help.register(help.Topic("registers", _("网格台账"), pages))
    work = open_work.OpenWork(_("涉电业务"), moving.open_business, moving.move_business)
    open_work.register("business", work)
    work = open_work.OpenWork(_("结对帮扶"), special_care.open_help, special_care.move_help)
    open_work.register("special", work)
    help.register(help.Topic("special", _("特殊群体"), tuple(f"grids:{p}" for p in SPECIAL_PAGES)))
    help.register(help.Topic("hazards", _("隐患治理"), tuple(f"grids:{p}" for p in HAZARD_PAGES)))
    help.register(help.Topic("sharing", _("数据共享"), tuple(f"grids:{p}" for p in SHARING_PAGES)))
    work = open_work.OpenWork(_("隐患"), moving.open_hazards, moving.move_hazards)
    open_work.register("hazards", work)
    for kind, label in hazard_calls.KINDS.items():
        webhooks.register_kind(kind, label)


def grids(user: User, query: str) -> Iterator[search.Result]:
    """Power grids in sight by code, name or place."""
    seen = PowerGrid.objects.visible_to(user).on(clock.today())
    for grid in seen.filter(standing.with_words(query))[: search.PER_KIND]:
        url = reverse("grids:grid", args=[grid.pk])
        yield search.Result(grid.name, url, grid.code)


def entries(user: User, query: str) -> Iterator[search.Result]:
    """Entries of registers in sight by what they say; the knowledge base is one of them."""
    found = RegisterEntry.objects.visible_to(user).exclude(state=State.STRUCK)
    for word in query.split():
        found = found.filter(words__icontains=word)
    for one in found.select_related("register").order_by("-day", "-pk")[: search.PER_KIND]:
        url = reverse("grids:register_entry", args=[one.pk])
        yield search.Result(one.title, url, f"{one.register.title} {one.number}")


def hazards(user: User, query: str) -> Iterator[search.Result]:
    """Hazards in sight by number."""
    found = Hazard.objects.visible_to(user).filter(number__icontains=query)
    for one in found.select_related("kind").order_by("-reported_at", "-pk")[: search.PER_KIND]:
        yield search.Result(one.number, reverse("grids:hazard", args=[one.pk]), one.kind.title)


def may_open(user: Any, stored: StoredFile) -> bool:
    """Files of an entry are for those who see the entry."""
    return RegisterFile.objects.visible_to(user).filter(file=stored).exists()


def special_groups(user: User, query: str) -> Iterator[search.Result]:
    """Households of special groups in sight by their number; by name nobody is found."""
    if number := special_queries.number_in(query):
        for one in SpecialHousehold.objects.visible_to(user).filter(pk=number):
            url = reverse("grids:special_household", args=[one.pk])
            yield search.Result(one.number, url, one.kind_title)


def nobody(user: Any, stored: StoredFile) -> bool:
    """Not by the common door for files."""
    return False


def may_open_photo(user: Any, stored: StoredFile) -> bool:
    """Photos of a hazard are for those who see the hazard."""
    return HazardPhoto.objects.visible_to(user).filter(file=stored).exists()
