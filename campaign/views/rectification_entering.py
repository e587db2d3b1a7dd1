"""列入整改台账: a problem that stands elsewhere in the portal enters the ledger with one form.

Source: campaign plan 三(六)1, 五(四) (S1-3.3.6(1)b, S1-5.4c).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from campaign import livelihood
from campaign import rectification_sources as sources
from campaign.models import RectificationItem
from campaign.rectification_forms import EntryForm
from campaign.rectification_sources import Origin
from campaign.services import rectification_entering as services
from core import clock, pages, policy
from core.errors import Refused

FIELDS = ("problem", "requirement", "basis", "feeder", "transformer_area", "due_on")


@policy.needs(Permission.RECTIFICATION_MANAGE)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """The form with what the source says; a source that has its item opens that one."""
    origin, now = sources.find(name, key, request.user), clock.now()
    if origin is None:
        raise Http404
    if (item := sources.standing(origin)) is not None:
        return pages.go(request, "campaign:rectification_item", item.pk)
    if why_not := sources.refusal(origin, by=request.user, now=now):
        raise Refused(why_not)
    form = EntryForm(request.POST or None, user=request.user, initial=_initial(origin))
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"origin": origin, "by": request.user, "now": now}
        made = pages.attempt(form, services.enter, **told, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("已列入台账，编号%(number)s。") % {"number": made.number})
            return pages.go(request, "campaign:rectification_item", made.pk)
    context = {"form": form, "origin": origin, **_told(origin)}
    return pages.render(
        request,
        "campaign/rectification/enter.html",
        context=context,
        status=pages.status_of(form) if form.is_bound else 200,
    )


def _initial(origin: Origin) -> dict[str, Any]:
    today = clock.today()
    initial = {one: getattr(origin, one) for one in FIELDS}
    if origin.due_on is not None and origin.due_on < today:
        initial["due_on"] = None
    return initial | {"campaign": services.campaign_of(origin.unit, today, today)}


def _told(origin: Origin) -> dict[str, Any]:
    """As which source it counts, and whether it carries the tag 民生 as it stands."""
    text = " ".join((origin.problem, origin.requirement))
    rule = livelihood.rule_on(clock.today())
    return {
        "source": RectificationItem.Source(origin.kind).label,
        "livelihood": rule.why(source=origin.kind, text=text, articles=origin.articles),
    }
