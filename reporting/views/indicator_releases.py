"""Publication of indicator values: laid together by one person, looked at and put out by another.

Source: campaign plan 二(二)1 (S1-2.2.1b).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.errors import Refused
from reporting.models import IndicatorRelease, IndicatorValue
from reporting.queries import indicators as queries
from reporting.services import releases as services
from reporting.workflow import release as workflow
from reporting.workflow.release import State

MANAGE = Permission.INDICATOR_MANAGE
RELATED = ("office", "prepared_by", "decided_by", "recall")
LAMPS = {
    State.WAITING: "near",
    State.PUBLISHED: "done",
    State.RETURNED: "late",
    State.WITHDRAWN: "pause",
}


def find(request: HttpRequest, pk: int) -> IndicatorRelease:
    """The publication, if it is in the person's sight; otherwise there is none (404)."""
    seen = IndicatorRelease.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related(*RELATED), pk=pk)


@policy.needs(MANAGE)
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Lay the public indicators of a period of the office's territory before a second person."""
    period = queries.named(request.POST.get("period", ""))
    if period is None:
        raise Refused(_("没有指明统计期，请在列表中选择后再办理。"))
    made = services.prepare(
        period,
        organisations=queries.units(request.user),
        note=request.POST.get("note", "")[:200],
        by=request.user,
        now=clock.now(),
    )
    told = _("已提请公开%(n)d项指标值，由另一人核对后公开。")
    messages.success(request, told % {"n": len(made.values)})
    return pages.go(request, "reporting:indicator_release", made.pk)


@policy.needs(MANAGE)
@require_safe
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly the values that become public, each opening what it was computed from."""
    found = find(request, pk)
    seen = IndicatorValue.objects.visible_to(request.user).filter(pk__in=found.values)
    rows = seen.select_related("indicator", "organisation").order_by(
        "organisation__path", "indicator__order", "pk"
    )
    query = urlencode({"period": queries.written(found.period)})
    context = {
        "release": found,
        "lamp": LAMPS[State(found.state)],
        "own": found.prepared_by_id == request.user.pk,
        "acts": {
            name: workflow.refusal(move, found, by=request.user)
            for name, move in workflow.MOVES.items()
        },
        "changed": services.changed(found) if found.state == State.WAITING else 0,
        "rows": [(one, queries.shown(one.indicator, one)) for one in rows],
        "list_url": f"{reverse('reporting:indicators')}?{query}",
    }
    return pages.render(request, "reporting/indicators/release.html", context=context)


def _act(service: Callable[..., Any], said: Any, *asked: str) -> Callable[..., HttpResponse]:
    """A door that makes one move."""

    @policy.needs(MANAGE)
    @require_POST
    def act(request: HttpRequest, pk: int) -> HttpResponse:
        given = {name: request.POST.get(name, "")[:200] for name in asked}
        service(find(request, pk), by=request.user, now=clock.now(), **given)
        messages.success(request, str(said))
        return pages.go(request, "reporting:indicator_release", pk)

    return act


publish = _act(services.publish, gettext_lazy("已办理。"))
send_back = _act(services.send_back, gettext_lazy("已退回。"), "reason")
withdraw = _act(services.withdraw, gettext_lazy("已撤回。"))
