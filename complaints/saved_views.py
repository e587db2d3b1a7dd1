"""What a saved view asks for: its conditions, its address, and how many cases it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints import queries
from complaints.analysis.tables import STEPS, TABS, period_of
from complaints.filters import CaseFilters, described
from complaints.models import Case, SavedView
from core import clock

if TYPE_CHECKING:
    from accounts.models import User

Page = SavedView.Page
# Fields of the address beside the conditions: field → what may stand in it.
BESIDE = {Page.LIST: {"view": queries.VIEWS}, Page.ANALYSIS: {"by": TABS, "step": STEPS}}


def kept(page: str, params: Mapping[str, str], *, moving: bool) -> str:
    """The conditions of an address as they are kept; ``moving``: without its days."""
    filters = CaseFilters.of(params)
    if moving:
        filters = filters.with_(since="", until="")
    beside = {
        name: value
        for name, known in BESIDE[Page(page)].items()
        if (value := params.get(name, "")) in known
    }
    return urlencode({**beside, **filters.asked})


def asked(view: SavedView) -> dict[str, str]:
    return dict(parse_qsl(view.query))


def url_of(view: SavedView) -> str:
    """The page with the conditions of the view."""
    return f"{reverse(f'complaints:{view.page}')}?{view.query}"


def count(view: SavedView, user: User, *, now: datetime) -> int:
    """How many cases the person finds when opening the view now."""
    params = asked(view)
    filters, cases = CaseFilters.of(params), Case.objects.visible_to(user)
    if view.page == Page.LIST:
        tab = params.get("view", "open")
        return filters.narrow(
            queries.in_view(cases, tab, user=user, now=now), user=user, now=now
        ).count()
    period = period_of(filters, clock.day_of(now))
    days = {"since": str(period.first), "until": str(period.last)}
    return filters.with_(counted="1", **days).narrow(cases, user=user, now=now).count()


def words(
    view: SavedView,
    labels: queries.Labels,
    choices: Mapping[str, Sequence[tuple[str, Any]]],
    *,
    now: datetime,
) -> list[str]:
    """The conditions as a person reads them; ``choices`` are the lists of the filter bar."""
    params = asked(view)
    filters = CaseFilters.of(params)
    told = [
        str(known[params[name]])
        for name, known in BESIDE[Page(view.page)].items()
        if params.get(name) in known
    ]
    for name in ("source", "nature", "state", "category"):
        if label := dict(choices[name]).get(getattr(filters, name)):
            told.append(str(label))
    if filters.organisation:
        told.append(filters.organisation)
    if filters.text:
        told.append(_("含“%(text)s”") % {"text": filters.text})
    if filters.since or filters.until:
        told.append(
            _("受理日期%(since)s至%(until)s")
            % {"since": filters.since or "…", "until": filters.until or "…"}
        )
    return told + described(filters, labels, on=now)
