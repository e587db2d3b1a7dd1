"""Which cases move when a rule that came late is applied, before it is applied."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import Case, Procedure
from complaints.services import reruling
from core import clock, pages, policy
from core.asked import number
from core.errors import Refused


@policy.needs(Permission.CASE_VIEW)
@require_safe
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Cases in sight that the procedure should govern, with their deadlines before and after."""
    return _page(request, get_object_or_404(Procedure, pk=pk))


def _page(
    request: HttpRequest,
    procedure: Procedure,
    status: int = 200,
    refused: list[tuple[Case, str]] | None = None,
) -> HttpResponse:
    user = request.user
    moves, total = reruling.preview(procedure, Case.objects.visible_to(user), now=clock.now())
    rows = [
        {
            "move": move,
            "mine": not move.refusal and works_for(user, Permission.CASE_APPROVE, move.case.owner),
        }
        for move in moves
    ]
    context = {
        "procedure": procedure,
        "rows": rows,
        "total": total,
        "rest": total - len(rows),
        "may": any(row["mine"] for row in rows),
        "refused": refused or [],
    }
    return pages.render(request, "complaints/effect.html", context=context, status=status)


@require_POST
@policy.needs(Permission.CASE_APPROVE)
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the cases that were ticked follow the procedure; the others stay as they are."""
    procedure, now = get_object_or_404(Procedure, pk=pk), clock.now()
    ticked = map(number, request.POST.getlist("picked"))
    picked = [pk for pk in ticked if pk is not None]
    seen = Case.objects.visible_to(request.user).filter(pk__in=picked[: reruling.MOST])
    done, refused = 0, []
    for case in seen.order_by("pk"):
        try:
            reruling.follow(case, procedure, by=request.user, now=now)
        except Refused as reason:
            refused.append((case, str(reason)))
        else:
            done += 1
    if refused or not done:
        return _page(request, procedure, pages.CONFLICT, refused)
    messages.success(request, _("%(count)d 件诉求已适用该程序。") % {"count": done})
    return redirect("complaints:effect", pk)
