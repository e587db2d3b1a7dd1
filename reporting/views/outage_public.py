"""Outage information for everybody: by place, line and day; nothing about any customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core import clock, pages, policy
from core.paging import keyset
from reporting import outage_presenting as presenting
from reporting.models import OutageNotice
from reporting.queries.outages import day_of

LONGEST = 40
# Without days the page shows what is announced for so many days from today.
DAYS = 30
# What stands on the public page, and nothing else of a notice.
SHOWN = ("kind", "area", "substation", "lines", "transformer_areas", "planned_start")
SHOWN += ("planned_end", "published_at", "actual_start", "actual_end")


def _found(text: str, since: Any, until: Any) -> QuerySet[OutageNotice]:
    rows = OutageNotice.objects.public().filter(
        planned_end__gte=clock.at(since), planned_start__lt=clock.at(until + timedelta(days=1))
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
    }
    return pages.render(request, "reporting/outages/public_notice.html", context=context)
