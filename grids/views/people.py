"""People of grids: the register, posts, leave, hand-overs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, pages, policy
from core.errors import Refused
from core.paging import keyset
from grids import access, open_work, presenting, services
from grids.forms import LastDayForm
from grids.models import Assignment, GridMember, HandOver, PowerGrid
from grids.people_forms import AppointForm, CoverForm, HandOverForm, MemberForm, RelieveForm
from grids.services import handing
from grids.views.common import MANAGE, VIEW
from grids.views.ground import take


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who works in the grids in sight and where; POST registers one more."""
    now, q = clock.now(), request.GET.get("q", "").strip()[:40]
    may_add = request.user.can(MANAGE)
    form = None
    if may_add:
        initial = {"joined_on": clock.today()}
        form = MemberForm(
            request.POST if request.method == "POST" else None, user=request.user, initial=initial
        )
    if form is not None and form.is_bound and form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": now}
        given.pop("username", None)
        if pages.attempt(form, services.enrol, **given):
            messages.success(request, _("网格人员已登记。"))
            return pages.go(request, "grids:people")
    found = GridMember.objects.visible_to(request.user).select_related("user", "organisation")
    if q:
        found = found.filter(Q(user__name__icontains=q) | Q(staff_number=q))
    posts = Assignment.objects.visible_to(request.user).at(now)
    related = posts.select_related("power_grid", "government_grid").order_by("starts_at")
    held = Prefetch("assignments", queryset=related, to_attr="held_now")
    context = {
        "sections": presenting.sections(request.user, "people"),
        "page": keyset(found.prefetch_related(held), request.GET, order=("organisation_id", "pk")),
        "q": q,
        "new_form": form,
        "today": clock.today(),
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    return pages.render(request, "grids/people.html", context=context, status=status)


@policy.needs(MANAGE)
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A person does not work in grids any more."""
    one = get_object_or_404(GridMember.objects.visible_to(request.user), pk=pk)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写最后一日。"))
    day = form.cleaned_data["last_day"]
    services.leave(one, left_on=day, by=request.user, now=clock.now())
    messages.success(request, _("已登记离岗。"))
    return pages.go(request, "grids:people")


@policy.needs(MANAGE)
@require_POST
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a post at a power grid."""

    def service(*, grid: PowerGrid, **said: Any) -> Assignment:
        return services.appoint(grid, **said)

    return take(request, pk, AppointForm, service, _("任职已登记。"))


@policy.needs(MANAGE)
@require_POST
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody cover for the manager."""
    return take(request, pk, CoverForm, services.cover, _("代班已安排。"))


@policy.needs(MANAGE)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to take over."""
    return take(request, pk, HandOverForm, services.propose, _("交接已发起，待接收人确认。"))


def _assignment(request: HttpRequest, pk: int) -> Assignment:
    related = ("power_grid", "government_grid", "member", "principal")
    seen = Assignment.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(seen, pk=pk)


def _back(request: HttpRequest, one: Assignment) -> HttpResponse:
    if one.power_grid_id:
        return pages.go(request, "grids:grid", one.power_grid_id)
    return pages.go(request, "grids:government", one.government_grid_id)


@policy.needs(MANAGE)
@require_POST
def relieve(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's time in a post."""
    one, form = _assignment(request, pk), RelieveForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写免职时间和原因。"))
    services.relieve(one, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("免职已登记。"))
    return _back(request, one)


@policy.needs(MANAGE)
@require_POST
def end_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager is back."""
    one, now = _assignment(request, pk), clock.now()
    if one.power_grid is None:
        raise Refused(_("该任职不是代班。"))
    services.end_cover(one, at=now, by=request.user, now=now)
    messages.success(request, _("代班已结束。"))
    return _back(request, one)


# --- Hand-overs -----------------------------------------------------------------------------------


def _hand_over(request: HttpRequest, pk: int) -> HandOver:
    related = ("grid__enterprise", "grid__station", "former__user", "successor__user")
    seen = HandOver.objects.visible_to(request.user).select_related(*related, "proposed_by")
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_safe
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-over, for whoever gives, takes or watches."""
    one = _hand_over(request, pk)
    now = clock.now()
    moved = one.open_work if one.moved_at else open_work.listed(one.grid, one.former, now=now)
    context = {
        "one": one,
        "work": moved,
        "mine": not handing.refusal(one, by=request.user),
        "may_withdraw": one.state == HandOver.State.PROPOSED
        and not access.refusal(one.grid.organisation, by=request.user),
    }
    return pages.render(request, "grids/hand_over.html", context=context)


@policy.needs(VIEW)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the grid."""
    one = _hand_over(request, pk)
    services.accept(one, by=request.user, now=clock.now())
    messages.success(request, _("您已接收该网格。"))
    return pages.go(request, "grids:hand_over", one.pk)


@policy.needs(VIEW)
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not take the grid."""
    one = _hand_over(request, pk)
    remark = request.POST.get("remark", "")
    services.decline(one, remark=remark, by=request.user, now=clock.now())
    messages.success(request, _("已答复不接收。"))
    return pages.go(request, "grids:hand_over", one.pk)


@policy.needs(MANAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the question back."""
    one = _hand_over(request, pk)
    services.withdraw(one, by=request.user, now=clock.now())
    messages.success(request, _("交接已撤回。"))
    return pages.go(request, "grids:hand_over", one.pk)
