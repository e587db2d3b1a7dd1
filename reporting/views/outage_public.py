"""Outage information for everybody: by place, line and day; nothing about any customer."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core import clock, pages, policy
from core.paging import keyset
from reporting import outage_presenting as presenting
from reporting.models import OutageNotice, OutageVersion
from reporting.models.outage import EMERGENCIES
from reporting.queries.outages import day_of

LONGEST = 40
# Without days the page shows what is announced for so many days from today.
DAYS = 30
# What stands on the public page, and nothing else of a notice.
SHOWN = ("kind", "area", "substation", "lines", "transformer_areas", "planned_start")
SHOWN += ("planned_end", "published_at", "actual_start", "actual_end")


def _found(text: str, since: Any, until: Any) -> QuerySet[OutageNotice]:
    # Whoever is still without power finds the notice, however long it should be over.
    lasting = Q(planned_end__gte=clock.at(since)) | Q(actual_end__gte=clock.at(since))
    lasting |= Q(actual_start__isnull=False, actual_end__isnull=True)
    rows = OutageNotice.objects.public().filter(
        lasting, planned_start__lt=clock.at(until + timedelta(days=1))
    )
    for word in text.split():
        named = Q(organisation__name__icontains=word) | Q(organisation__short_name__icontains=word)
        rows = rows.filter(named | Q(words__icontains=word))
    return rows.select_related("organisation")


@policy.public
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Announced outages of a place, a line and some days, the next first."""
    today = clock.today()
    since = day_of(request.GET.get("since", "")) or today
    until = day_of(request.GET.get("until", "")) or since + timedelta(days=DAYS)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    now = clock.now()
    page = keyset(
        _found(text, since, max(since, until)), request.GET, order=("planned_start", "pk")
    )
    context = {
        "q": text,
        "since": since,
        "until": max(since, until),
        "page": page,
        "rows": [(one, presenting.phase(one, now=now)) for one in page],
    }
    return pages.render(request, "reporting/outages/public_list.html", context=context)


@policy.public
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One announced outage, and how it was changed since."""
    found = get_object_or_404(OutageNotice.objects.public().select_related("organisation"), pk=pk)
    wanted = {presenting.LABELS[name] for name in SHOWN}
    context = {
        "notice": found,
        "word": presenting.phase(found, now=clock.now()),
        "facts": [pair for pair in presenting.facts(found) if pair[0] in wanted],
        "versions": _versions(found, wanted),
    }
    return pages.render(request, "reporting/outages/public_notice.html", context=context)


def _versions(notice: OutageNotice, wanted: set[Any]) -> list[tuple[Any, list[Any]]]:
    """How it was changed, the latest first: what everybody may read, without who did it.

    What was not announced yet stays with the company.
    """
    found = list(notice.versions.order_by("number"))
    if notice.kind not in EMERGENCIES:
        found = [one for one in found if one.content.get("published_at")]
    told = []
    for before, after in pairwise(found):
        listed = presenting.differences(before.content, after.content)
        changed = [one for one in listed if one.label in wanted]
        if changed or after.act == OutageVersion.Act.CANCEL:
            told.append((after, changed))
    return told[::-1]
