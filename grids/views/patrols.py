"""Joint checks and patrols: lists, plans that both sides agree to, one grid on the phone.

Source: grid standard 5.1.3, 5.6.1 (S2-5.1.3c, S2-5.6.1a, S2-5.6.1b).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from core import clock, files, offline, pages, policy
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import Out
from grids import hazard_presenting
from grids import patrol_presenting as presenting
from grids.hazards.occasions import Every
from grids.models import Hazard, Patrol, PatrolKind, PatrolPlan
from grids.patrol_forms import DecisionForm, PatrolForm, PlanForm, planners_of
from grids.queries import hazards as queries
from grids.queries.hazards import PatrolFilters
from grids.services import patrol_plans as plan_services
from grids.services import patrols as services
from grids.services.hazard_acts import PURPOSE
from grids.views import workbooks

VIEW, HANDLE = Permission.HAZARD_VIEW, Permission.HAZARD_HANDLE
MANAGE = Permission.HAZARD_MANAGE
LISTED = ("plan__organisation", "plan__department", "grid", "government_grid", "filed_by")
SHOWN = ("", *queries.PATROL_VIEWS)


@policy.needs(VIEW)
@require_GET
def patrols(request: HttpRequest) -> HttpResponse:
    """Checks and patrols in sight, by the day on which they are due."""
    now, user = clock.now(), request.user
    seen = Patrol.objects.visible_to(user).standing()
    filters = PatrolFilters.of(request.GET)
    if not request.GET and PatrolFilters(mine="1", view="due").narrow(seen, user, now=now).exists():
        filters = PatrolFilters(mine="1", view="due")
    found = filters.narrow(seen, user, now=now)
    page = keyset(found.select_related(*LISTED), request.GET, order=("due_on", "pk"))
    query = request.GET.copy()
    for name in ("after", "after_way"):
        query.pop(name, None)
    plans = PatrolPlan.objects.visible_to(user)
    numbered = filters.plan.isdecimal() and len(filters.plan) <= queries.LONGEST_KEY
    plan = plans.filter(pk=filters.plan).first() if numbered else None
    asked = {view: filters.with_(view=view, mine="") for view in SHOWN}
    asked["mine"] = filters.with_(view="due", mine="1")
    counts = {name: one.narrow(seen, user, now=now).count() for name, one in asked.items()}
    context = {
        "sections": hazard_presenting.sections("patrols"),
        "views": presenting.views(filters, counts),
        "filters": filters,
        "told": presenting.described(filters, plan),
        "kinds": PatrolKind.choices,
        "page": page,
        "total": found.count(),
        "rows": [presenting.row(one, now=now) for one in page],
        "may_plan": bool(planners_of(user)),
        "export_url": f"{reverse('grids:patrols_export')}?{query.urlencode()}",
    }
    return pages.render(request, "grids/patrols/list.html", context=context)


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    now, user = clock.now(), request.user
    seen = Patrol.objects.visible_to(user).standing()
    found = PatrolFilters.of(request.GET).narrow(seen, user, now=now)
    columns = [
        *(Out("kind", _("类型"), 16), Out("plan", _("计划名称"), 30), Out("grid", _("网格"), 22)),
        *(Out("organisation", _("供电单位"), 20), Out("department", _("政府网格主管部门"), 20)),
        *(Out("starts_on", _("开始日期")), Out("due_on", _("应完成日期"))),
        *(Out("state", _("状态")), Out("happened", _("开展时间"), 18)),
        *(Out("filed_by", _("填写人")), Out("in_time", _("按期完成"))),
        *(Out("findings", _("发现隐患")), Out("note", _("说明"), 30)),
    ]
    rows = found.select_related(*LISTED).order_by("due_on", "pk")
    title = _("排查、巡视")
    return workbooks.export(request, columns, _lines(rows), title=title, count=found.count())


def _lines(rows: Any) -> Iterator[dict[str, Any]]:
    for one in rows:
        at = one.happened_at
        yield {
            "kind": one.plan.get_kind_display(),
            "plan": one.plan.title,
            "grid": str(one.place),
            "organisation": one.plan.organisation.name,
            "department": str(one.plan.department or ""),
            "starts_on": one.starts_on,
            "due_on": one.due_on,
            "state": one.get_state_display(),
            "happened": clock.written(at) if at else None,
            "filed_by": str(one.filed_by or ""),
            "in_time": one.in_time,
            "findings": one.findings,
            "note": one.note,
        }


# --- Plans ----------------------------------------------------------------------------------------


def find_plan(request: HttpRequest, pk: int) -> PatrolPlan:
    seen = PatrolPlan.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related(*plan_services.PLAN_RELATED, "decided_by"), pk=pk)


@policy.needs(VIEW)
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Plans in sight with how far each is; every number opens its list."""
    user, kind = request.user, request.GET.get("kind", "")
    seen = PatrolPlan.objects.visible_to(user).select_related(*plan_services.PLAN_RELATED)
    if kind in PatrolKind.values:
        seen = seen.filter(kind=kind)
    page = keyset(seen, request.GET, order=("-starts_on", "-pk"))
    counts = queries.progress(list(page), on=clock.today())
    context = {
        "sections": hazard_presenting.sections("plans"),
        "kind": kind,
        "kinds": PatrolKind.choices,
        "page": page,
        "rows": [presenting.plan_row(one, counts) for one in page],
        "may_plan": bool(planners_of(user)),
    }
    return pages.render(request, "grids/patrols/plans.html", context=context)


@policy.needs(HANDLE, MANAGE)
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """First the kind of plan, then what that kind asks for."""
    known = planners_of(request.user)
    if not known:
        raise PermissionDenied(_("计划由供电企业隐患管理人员或者政府网格员编制。"))
    kind = request.POST.get("kind", "") or request.GET.get("kind", "")
    kinds = [(one, label) for one, label in PatrolKind.choices if one in known]
    if kind not in known:
        if request.method == "POST":
            raise Refused(_("您不能编制这类排查、巡视计划。"))
        return pages.render(request, "grids/patrols/plan_new.html", context={"kinds": kinds})
    given: dict[str, Any] = {"kind": kind, "place": known[kind]}
    form = PlanForm(request.POST, **given) if request.method == "POST" else PlanForm(**given)
    if form.is_bound and form.is_valid():
        url = pages.attempt(form, _planned, request=request, form=form)
        if url is not None:
            return pages.go(request, url)
    label = dict(PatrolKind.choices)[kind]
    context = {"form": form, "kind": kind, "label": label, "place": known[kind]}
    return pages.render(request, "grids/patrols/plan_new.html", context=context)


def _planned(*, request: HttpRequest, form: PlanForm) -> str:
    now, given = clock.now(), {**form.sides(), "by": request.user}

    def work() -> str:
        made = plan_services.propose(form.asked(), **given, now=now)
        joint = made.kind == PatrolKind.JOINT
        messages.success(request, _("已提交，等待对方确认。") if joint else _("计划已建立。"))
        return reverse("grids:patrol_plan", args=[made.pk])

    return offline.led(request, work, again=reverse("grids:patrol_plans"), now=now)


@policy.needs(VIEW)
@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its grids with how far each is, what is looked at, who agreed."""
    return _plan(request, find_plan(request, pk))


def _plan(request: HttpRequest, found: PatrolPlan, form: Any = None) -> HttpResponse:
    user, on = request.user, clock.today()
    counts = queries.progress([found], on=on)
    standing = found.state in (PatrolPlan.State.PROPOSED, PatrolPlan.State.STANDING)
    side = plan_services.planning_side(found.kind, found.organisation, found.department, user)
    context = {
        "plan": found,
        "row": presenting.plan_row(found, counts),
        "every": Every(found.every).label,
        "grids": [*found.power_grids.order_by("code"), *found.government_grids.order_by("code")],
        "may_decide": found.state == PatrolPlan.State.PROPOSED
        and plan_services.deciding(found, user) is not None,
        "may_cancel": standing and side is not None and side == found.proposed_side,
        "form": form,
        "decision": form or DecisionForm(),
    }
    return pages.render(request, "grids/patrols/plan.html", context=context)


@policy.needs(HANDLE, MANAGE)
@require_POST
def plan_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The other side agrees or does not; whoever drew it up ends it."""
    found, form = find_plan(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if what == "cancel":
            done = pages.attempt(form, plan_services.cancel, plan=found, **given)
        else:
            agreed = what == "agree"
            done = pages.attempt(form, plan_services.decide, plan=found, agreed=agreed, **given)
        if done is not None:
            messages.success(request, _("已办理。"))
            return pages.go(request, "grids:patrol_plan", found.pk)
    return _plan(request, found, form)


# --- One grid, once -------------------------------------------------------------------------------


def find(request: HttpRequest, pk: int) -> Patrol:
    seen = Patrol.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related(*services.RELATED, "confirmed_by"), pk=pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
@offline.tells
def patrol(request: HttpRequest, pk: int) -> HttpResponse:
    """One grid on the phone: item by item; what is found becomes a hazard. It waits on the phone
    where there is no network."""
    found, now = find(request, pk), clock.now()
    if request.method == "POST":
        if services.going_side(found, request.user) is None:
            raise Refused(_("由负责该网格的人员开展排查、巡视。"))
        form = PatrolForm(request.POST, request.FILES, patrol=found)
        given = {"request": request, "found": found, "form": form}
        if form.is_valid() and pages.attempt(form, _walked, **given):
            messages.success(request, _("已提交。"))
            url = reverse("grids:patrol", args=[pk])
            return offline.answered(request, url) or pages.go(request, url)
        if told := offline.wrong(request, form):
            told.status_code = pages.status_of(form)
            return told
        return _patrol(request, found, form)
    refused = services.file_refusal(found, request.user, now=now)
    return _patrol(request, found, None if refused else PatrolForm(patrol=found))


def _walked(*, request: HttpRequest, found: Patrol, form: PatrolForm) -> bool:
    now, by = clock.now(), request.user
    at, walked = offline.happened_at(request, now=now), form.walked()

    def work() -> bool:
        services.file(found, walked, by=by, now=now, at=at)
        return True

    offline.once(work, by=by, client_id=offline.client_id(request), now=now)
    return True


def _patrol(request: HttpRequest, found: Patrol, form: Any) -> HttpResponse:
    now, user = clock.now(), request.user
    hazards = Hazard.objects.visible_to(user).filter(patrol=found).select_related("kind", "grade")
    context = {
        "patrol": found,
        "plan": found.plan,
        "row": presenting.row(found, now=now),
        "form": form,
        "refusal": services.file_refusal(found, user, now=now),
        "results": presenting.results(found),
        "hazards": [hazard_presenting.row(one, now=now) for one in hazards.order_by("pk")],
        "may_sign": not services.sign_refusal(found, user),
        "accept": files.accept(PURPOSE),
        "frame": offline.base(request),
    }
    return pages.render(request, "grids/patrols/patrol.html", context=context)


@policy.needs(HANDLE)
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The other side signs the record of a joint check."""
    found = find(request, pk)
    services.sign(found, by=request.user, now=clock.now())
    messages.success(request, _("已确认。"))
    return pages.go(request, "grids:patrol", found.pk)
