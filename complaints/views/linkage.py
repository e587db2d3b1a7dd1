"""The linkage desk: what may belong together, side by side, confirmed or rejected."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from complaints import linkage, queries, reasons, services
from complaints.models import CaseLink
from complaints.workflow import Source
from core import clock, pages, policy
from core.asked import number
from core.components import Tab
from core.errors import Refused
from core.paging import keyset

VIEW = Permission.CASE_VIEW
ANSWER = (Permission.CASE_DECIDE, Permission.CASE_SUPERVISE)
ROWS = 30
SHOWN_REASONS = 4


@policy.needs(VIEW)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Proposals in sight by score."""
    asked = request.GET.get("view", "")
    view = asked if asked in linkage.VIEWS else "proposed"
    filters = linkage.Filters.of(request.GET)
    found = filters.on(linkage.in_view(linkage.proposals(request.user), view))
    page = keyset(
        found.select_related(*linkage.RELATED), request.GET, order=("-score", "-pk"), size=ROWS
    )
    rows = [
        {
            "link": link,
            "sources": (Source(link.a.source).label, Source(link.b.source).label),
            "reasons": reasons.reasons(link)[:SHOWN_REASONS],
        }
        for link in page
    ]
    context = {
        "tabs": [
            Tab(label, f"?view={key}", key == view) for key, (label, _f) in linkage.VIEWS.items()
        ],
        "view": view,
        "caption": linkage.VIEWS[view][0],
        "filters": filters,
        "kinds": [(kind.value, kind.label) for kind in linkage.KINDS],
        "rows": rows,
        "page": page,
        "may_answer": any(request.user.can(one) for one in ANSWER),
        "waiting": view in ("proposed", "certain"),
    }
    return pages.render(request, "complaints/linkage.html", context=context)


def find(request: HttpRequest, link_pk: int) -> CaseLink:
    """The proposal, if both cases are in sight; else 404."""
    seen = linkage.proposals(request.user).select_related("by", *linkage.RELATED)
    return get_object_or_404(seen, pk=link_pk)


@policy.needs(VIEW)
@require_safe
def compare(request: HttpRequest, link_pk: int) -> HttpResponse:
    """Both cases side by side: numbers, clocks, views; and what speaks for and against."""
    link, now, labels = find(request, link_pk), clock.now(), queries.Labels()
    left, right = (linkage.side(case, request.user, labels, now=now) for case in (link.a, link.b))
    context = {
        "link": link,
        "sides": (left, right),
        "rows": linkage.rows(left, right, link),
        "reasons": reasons.reasons(link),
        "refusal": ""
        if left["may_answer"] and right["may_answer"]
        else _("关联由首接单位或监管机构办理。"),
        "following": linkage.following(request.user, link),
        "waiting": link.state == CaseLink.State.PROPOSED,
        "answered": link.state in (CaseLink.State.CONFIRMED, CaseLink.State.REJECTED),
        "now": now,
    }
    return pages.render(request, "complaints/compare.html", context=context)


@require_POST
@policy.needs(*ANSWER)
def answer(request: HttpRequest, link_pk: int) -> HttpResponse:
    """Confirm or reject, and go on to the next one."""
    link = find(request, link_pk)
    following = linkage.following(request.user, link)
    right = request.POST.get("right") == "yes"
    services.answer(link, right=right, by=request.user, now=clock.now())
    words = {"a": link.a.number, "b": link.b.number}
    said = _("已确认 %(a)s 与 %(b)s 的关联。") if right else _("已否定 %(a)s 与 %(b)s 的关联。")
    messages.success(request, said % words)
    if following is None:
        return pages.go(request, "complaints:linkage")
    return pages.go(request, "complaints:compare", following.pk)


@require_POST
@policy.needs(*ANSWER)
def take_back(request: HttpRequest, link_pk: int) -> HttpResponse:
    """Undo an answer."""
    link = find(request, link_pk)
    services.take_back(link, by=request.user, now=clock.now())
    return pages.go(request, "complaints:compare", link.pk)


@require_POST
@policy.needs(*ANSWER)
def reject_many(request: HttpRequest) -> HttpResponse:
    """Reject what was ticked; what cannot be is told."""
    ticked = map(number, request.POST.getlist("link")[:ROWS])
    chosen = {pk for pk in ticked if pk is not None}
    links = list(linkage.proposals(request.user).filter(pk__in=chosen).select_related("a", "b"))
    done, reasons_why = 0, set()
    for link in links:
        try:
            services.answer(link, right=False, by=request.user, now=clock.now())
            done += 1
        except Refused as why:
            reasons_why.add(str(why))
    if done:
        text = ngettext("已否定 %(done)d 条建议。", "已否定 %(done)d 条建议。", done)
        messages.success(request, text % {"done": done})
    if not links:
        messages.warning(request, _("请先勾选建议。"))
    for why in sorted(reasons_why):
        messages.error(request, why)
    return pages.go(request, "complaints:linkage")
