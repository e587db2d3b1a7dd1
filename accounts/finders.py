"""What the search of the whole portal finds here."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import User
from accounts.permissions import Permission
from core import search
from core.search import Result


def find_organisations(user: User, text: str) -> list[Result]:
    """Organisations in sight by name, former name or code."""
    found = queries.organisations(user, text=text)[: search.PER_KIND]
    return [
        Result(one.name, reverse("accounts:organisation", args=[one.code]), one.get_kind_display())
        for one in found
    ]


def find_people(user: User, text: str) -> list[Result]:
    """People whom one looks after, by name or user name."""
    if not user.can(Permission.PEOPLE_MANAGE):
        return []
    found = queries.people(user, text=text)[: search.PER_KIND]
    return [
        Result(one.name, reverse("accounts:person", args=[one.pk]), one.username) for one in found
    ]


search.register("organisations", find_organisations, label=_("组织机构"))
search.register("people", find_people, label=_("人员"))
